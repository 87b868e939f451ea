import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import { isObject, mergeOwn } from '../../mapping/json-data.ts';
import type { Upstream, UpstreamRequest } from '../../transport/upstream.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { Connector } from './connector.ts';
import { ConnectorError } from './connector-error.ts';
import type { RequestMemory } from './request-memory.ts';
import { writeRequest } from './request-template.ts';

/** What `$args`, `$this` and `$batch` are in one call. */
export type CallVariables = Readonly<Partial<Record<'$args' | '$this' | '$batch', unknown>>>;

/**
 * Why a connector is called: for a root field, or for an object that is known already. A call for a mutation is never joined with
 * another, and after it what was read before is forgotten.
 */
export type CallReason = 'query' | 'mutation' | 'object';

/** One client request, as connectors see it. */
export interface CallScope {
  readonly context: RequestContext;
  readonly memory: RequestMemory;
}

/** What a mapping left out because the answer lacks it. */
export interface MappingEvent extends MappingWarning {
  readonly kind: 'mapping';
  readonly upstream: string;
  /** The connector's coordinate. */
  readonly connector: string;
}

export interface CallerOptions {
  /** `$config`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `$env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Mappings run faster where nobody listens. */
  readonly onEvent: ((event: MappingEvent) => void) | undefined;
}

/** Calls a service as connectors say. */
export class ConnectorCaller {
  readonly #upstream: Upstream;
  readonly #options: CallerOptions;

  constructor(upstream: Upstream, options: CallerOptions) {
    this.#upstream = upstream;
    this.#options = options;
  }

  /**
   * @returns the selection of the answer; `undefined` where an object lacks a value of the path, so that there is nothing to ask for.
   * @throws {ConnectorError} where the answer is no success.
   * @throws {WeirError} as the transport does; `UPSTREAM_BAD_RESPONSE` for a body that cannot be read; `BAD_USER_INPUT` for values
   *   that have no place in a request, and for a root field whose arguments lack a value of the path.
   */
  async call(connector: Connector, given: CallVariables, scope: CallScope, reason: CallReason): Promise<unknown> {
    const warn = this.#warnings(connector);
    const before = this.#variables(connector, given, scope.context);
    const { coordinate, request: template } = connector;
    const isMutation = reason === 'mutation';
    const request = writeRequest(template, {
      variables: before,
      context: scope.context,
      label: coordinate,
      // GraphQL §6.2.1: fields outside mutations have no side effects.
      idempotent: !isMutation || (template.method !== 'POST' && template.method !== 'PATCH'),
      warn,
    });
    if (request === undefined) {
      if (reason === 'object') return undefined;
      throw new WeirError('BAD_USER_INPUT', undefined, { cause: new Error(`${coordinate} lacks a value of its path`) });
    }
    const answer = await this.#send(request, scope, isMutation);
    const variables = { ...before, ...answerVariables(connector, answer) };
    this.#requireSuccess(connector, answer, variables, warn);
    if (answer.problem !== undefined) throw answer.problem;
    return connector.selection.evaluate(answer.data, variables, warn);
  }

  async #send(request: UpstreamRequest, { context, memory }: CallScope, isMutation: boolean): Promise<Answer> {
    const send = async (): Promise<Answer> =>
      readAnswer(await this.#upstream.send(request, context), request.label ?? '', this.#upstream.name);
    if (!isMutation) return request.method === 'GET' ? memory.joinGet(request, send) : send();
    try {
      return await send();
    } finally {
      memory.forget();
    }
  }

  #requireSuccess(
    connector: Connector,
    { status, data }: Answer,
    variables: Readonly<Record<string, unknown>>,
    warn: ((warning: MappingWarning) => void) | undefined,
  ): void {
    const [own, shared] = connector.outcome;
    const condition = own?.isSuccess ?? shared?.isSuccess;
    const isSuccess =
      condition === undefined ? status >= 200 && status < 300 : condition.evaluate(data, variables, warn) === true;
    if (isSuccess) return;
    const extensions: Record<string, unknown> = { code: 'UPSTREAM_ERROR', http: { status } };
    for (const rules of [shared, own]) {
      const added = rules?.extensions?.evaluate(data, variables, warn);
      if (isObject(added)) mergeOwn(extensions, added);
    }
    const message = (own?.message ?? shared?.message)?.evaluate(data, variables, warn);
    const cause = new WeirError('UPSTREAM_ERROR', `${connector.coordinate} got ${status}`, {
      upstream: this.#upstream.name,
    });
    throw new ConnectorError(typeof message === 'string' ? message : undefined, extensions, cause);
  }

  /** Only what the connector reads: the rest costs and is not missed. */
  #variables(connector: Connector, given: CallVariables, context: RequestContext): Record<string, unknown> {
    const variables: Record<string, unknown> = { ...given };
    for (const { name } of connector.references) {
      if (Object.hasOwn(variables, name)) continue;
      if (name === '$config') variables[name] = this.#options.config;
      else if (name === '$env') variables[name] = this.#options.env;
      else if (name === '$context') variables[name] = contextVariable(context);
      else if (name === '$request') variables[name] = { headers: headerLists(context.headers) };
    }
    return variables;
  }

  /** A place of a text is told once for a call: a list would say the same for each element. */
  #warnings(connector: Connector): ((warning: MappingWarning) => void) | undefined {
    const { onEvent } = this.#options;
    if (onEvent === undefined) return undefined;
    const upstream = this.#upstream.name;
    const told = new Set<string>();
    return ({ message, offset }) => {
      const place = `${offset} ${message}`;
      if (told.has(place)) return;
      told.add(place);
      onEvent({ kind: 'mapping', upstream, connector: connector.coordinate, message, offset });
    };
  }
}

function answerVariables(connector: Connector, { status, headers }: Answer): Record<string, unknown> {
  const readsHeaders = connector.references.some(({ name }) => name === '$response');
  return { $status: status, ...(readsHeaders ? { $response: { headers: headerLists(headers) } } : {}) };
}

/** `$context`: who asks, as far as a service may want to know. */
function contextVariable({ requestId, clientAddress, identity }: RequestContext): Record<string, unknown> {
  return { requestId, clientAddress, identity };
}

/** Headers as the specification has them: a list of values for each name. */
function headerLists(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string[]> {
  const lists = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat()]],
  );
  return Object.fromEntries(lists) as Record<string, string[]>;
}
