import { GraphQLError } from 'graphql';
import type { LimitMode } from '../../config/schema/operation-limits.ts';
import { ERRORS, type ErrorCode } from '../../errors.ts';

/** The limits of single operations, by the code that a refusal has. */
const CODES = {
  depth: 'MAX_DEPTH_EXCEEDED',
  tokens: 'MAX_TOKENS_EXCEEDED',
  aliases: 'MAX_ALIASES_EXCEEDED',
  root_fields: 'MAX_ROOT_FIELDS_EXCEEDED',
  directives: 'MAX_DIRECTIVES_EXCEEDED',
  batch_size: 'MAX_BATCH_SIZE_EXCEEDED',
  body_size: 'CONTENT_TOO_LARGE',
  cost: 'MAX_COST_EXCEEDED',
  upstream_calls: 'MAX_UPSTREAM_CALLS_EXCEEDED',
} as const satisfies Record<string, ErrorCode>;

export type LimitName = keyof typeof CODES;

/** An operation was beyond a limit. */
export interface LimitEvent {
  readonly limit: LimitName;
  /** `measure`: it was let through. */
  readonly mode: Exclude<LimitMode, 'off'>;
  readonly value: number;
  readonly max: number;
}

export type OnLimitEvent = (event: LimitEvent) => void;

/** What a limit says of a value: the refusal, if it is one. */
export type JudgeLimit = (value: number) => GraphQLError | undefined;

export interface LimitDefinition {
  readonly mode: LimitMode;
  readonly max: number;
}

const WITHIN: JudgeLimit = () => undefined;

export function compileLimit(name: LimitName, { mode, max }: LimitDefinition, onEvent?: OnLimitEvent): JudgeLimit {
  if (mode === 'off') return WITHIN;
  return (value) => {
    if (value <= max) return undefined;
    onEvent?.({ limit: name, mode, value, max });
    return mode === 'enforce' ? refuse(name, value, max) : undefined;
  };
}

/** Limits of the HTTP request, which have their status whatever the answer's media type is. */
const OF_HTTP: ReadonlySet<LimitName> = new Set(['batch_size', 'body_size']);

/**
 * A request error (GraphQL §7.1.3): with `application/json` the status of one that is about the operation stays 200, as
 * GraphQL over HTTP asks.
 * @param value `undefined`: more than `max`, and how much more is not known.
 */
export function refuse(name: LimitName, value: number | undefined, max: number): GraphQLError {
  const code = CODES[name];
  const { status, message } = ERRORS[code];
  const said = value === undefined || !Number.isSafeInteger(Math.ceil(value)) ? 'more than that' : value;
  return new GraphQLError(`${message}: at most ${max} is allowed, got ${said}`, {
    extensions: { code, http: OF_HTTP.has(name) ? { status } : { spec: true, status } },
  });
}
