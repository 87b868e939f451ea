import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestContext } from '../../../edge/request-context.ts';
import { WeirError } from '../../../errors.ts';
import { parseExactly } from '../../../mapping/exact-number.ts';
import type { FieldLines } from '../../field-lines.ts';
import type { RouteAnswer } from '../../route-exchange.ts';
import { headerLists } from '../../route-variables.ts';
import type { Transform, TransformableRequest } from '../transform.ts';
import { compareJson, type Difference } from './compare.ts';
import type { GoldenPair } from './golden-pair.ts';

/** A request id that tests can count on. */
const REQUEST_ID = '0190a0b0-0000-7000-8000-000000000001';

/** What a pair is about. */
export interface GoldenTarget {
  readonly transform: Transform;
  /** `match.path` of the route. */
  readonly pattern: string;
  /** The parameters of a path in normal form; `undefined`: it is no path of the route. */
  readonly readParameters: (path: string) => Readonly<Record<string, string>> | undefined;
}

/** @returns where what the transform makes is not what the pair says; paths start at the pair. */
export async function runGoldenPair(pair: GoldenPair, target: GoldenTarget): Promise<readonly Difference[]> {
  const { transform } = target;
  const request = toRequest(pair, target);
  if (request === undefined) {
    return [{ path: ['request', 'in', 'path'], expected: target.pattern, actual: pair.request.in.path }];
  }
  const sent = await attempt(() => transform.request(request));
  const differences = compareMessage(pair.request.out, ['request', 'out'], sent, {
    method: request.method,
    path: request.query === '' ? request.path : `${request.path}?${request.query}`,
    ...contentOf(request),
  });
  if (pair.answer === undefined || !('value' in sent)) return differences;

  const answer: RouteAnswer = { status: pair.answer.in.status, ...toContent(pair.answer.in) };
  const got = await attempt(() => transform.answer(answer, sent.value));
  return [
    ...differences,
    ...compareMessage(pair.answer.out, ['answer', 'out'], got, { status: answer.status, ...contentOf(answer) }),
  ];
}

type Attempt<T> = { readonly value: T } | { readonly error: string };

async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: error instanceof WeirError ? error.code : String(error) };
  }
}

function toRequest(
  { request: { in: given }, identity }: GoldenPair,
  target: GoldenTarget,
): TransformableRequest | undefined {
  const mark = given.path.indexOf('?');
  const path = mark === -1 ? given.path : given.path.slice(0, mark);
  const parameters = target.readParameters(path);
  if (parameters === undefined) return undefined;
  const content = toContent(given);
  const scope: RequestContext = {
    requestId: REQUEST_ID,
    headers: Object.fromEntries(
      Object.entries(headerLists(content.headers)).map(([name, all]) => [name, all.join(', ')]),
    ),
    clientAddress: '192.0.2.1',
    identity: identity === undefined ? null : toIdentity(identity),
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
  return {
    method: given.method,
    path,
    query: mark === -1 ? '' : given.path.slice(mark + 1),
    parameters,
    scope,
    ...content,
  };
}

function toIdentity({ tier, ...rest }: NonNullable<GoldenPair['identity']>): RequestContext['identity'] {
  return tier === undefined ? rest : { ...rest, tier };
}

type Given = Pick<GoldenPair['request']['in'], 'headers' | 'body' | 'text'>;

function toContent({ headers, body, text }: Given): { headers: FieldLines; body: Buffer | null } {
  const lines = Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), value]);
  const written = text ?? (body === undefined ? undefined : JSON.stringify(body));
  if (written === undefined) return { headers: lines, body: null };
  const buffer = Buffer.from(written);
  if (!lines.includes('content-type')) lines.push('content-type', 'application/json');
  if (!lines.includes('content-length')) lines.push('content-length', String(buffer.length));
  return { headers: lines, body: buffer };
}

interface Made {
  readonly headers: Readonly<Record<string, string[]>>;
  readonly text: string;
  readonly [name: string]: unknown;
}

function contentOf({ headers, body }: { readonly headers: FieldLines; readonly body: unknown }): Made {
  return { headers: headerLists(headers), text: body instanceof Buffer ? body.toString() : '' };
}

type Expected = GoldenPair['request']['out'] | NonNullable<GoldenPair['answer']>['out'];

function compareMessage(
  expected: Expected,
  path: readonly string[],
  outcome: Attempt<unknown>,
  made: Made,
): readonly Difference[] {
  const error = 'error' in outcome ? outcome.error : undefined;
  if (error !== undefined || expected.error !== undefined) {
    return compareJson(expected.error, error, [...path, 'error']);
  }
  const { headers, body, text, error: _, ...head } = expected;
  return [
    ...Object.entries(head).flatMap(([key, value]) =>
      value === undefined ? [] : compareJson(value, made[key], [...path, key]),
    ),
    ...Object.entries(headers).flatMap(([name, value]) => {
      const actual = Object.hasOwn(made.headers, name.toLowerCase())
        ? made.headers[name.toLowerCase()]?.join(', ')
        : undefined;
      return compareJson(value ?? undefined, actual, [...path, 'headers', name]);
    }),
    ...(body === undefined ? [] : compareJson(body, parse(made.text), [...path, 'body'])),
    ...(text === undefined ? [] : compareJson(text, made.text, [...path, 'text'])),
  ];
}

function parse(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return text === '' ? undefined : text;
  }
}
