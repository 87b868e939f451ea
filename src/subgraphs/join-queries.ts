import type { RequestContext } from '../edge/request-context.ts';
import { WeirError } from '../errors.ts';
import { PassingMap } from '../passing-map.ts';
import { copyData } from './copy-data.ts';
import { failureResult } from './failure.ts';
import type { Subgraph, SubgraphRequest, SubgraphResult } from './subgraph.ts';

/**
 * What of a client's request may make the answer another one, besides operation and variables: queries are joined only where it is
 * equal. `undefined`: never.
 */
export type JoinKey = (context: RequestContext) => string | undefined;

/**
 * Lets identical queries that are under way at the same time share one request. Mutations are always sent.
 * Who leaves takes only itself: where it was the one whose request went out, or where that ran out of time before the others do, the
 * others send anew. Any other failure of the request is the failure of each.
 *
 * @param onJoin called for each query that is not sent.
 */
export function joinQueries(subgraph: Subgraph, joinKey: JoinKey, onJoin: (subgraph: string) => void): Subgraph {
  const underWay = new PassingMap<string, Leader>();

  function execute(request: SubgraphRequest): Promise<SubgraphResult> | SubgraphResult {
    const { operation, context } = request;
    const requestKey = operation.kind === 'query' ? joinKey(context) : undefined;
    if (requestKey === undefined || context.signal.aborted) return subgraph.execute(request);
    // JSON and keys have no line breaks of their own but escaped ones; the operation's text comes last.
    const key = `${requestKey}\n${variablesOf(request)}\n${operation.text}`;
    const leader = underWay.get(key);
    if (leader === undefined) return lead(key, request);
    onJoin(subgraph.name);
    return follow(leader, request);
  }

  function lead(key: string, request: SubgraphRequest): Promise<SubgraphResult> | SubgraphResult {
    const sent = subgraph.execute(request);
    if (!(sent instanceof Promise)) return sent;
    const leader: Leader = { context: request.context, result: sent, isFollowed: false };
    underWay.set(key, leader);
    const settle = (): void => {
      underWay.delete(key);
    };
    sent.then(settle, settle);
    return sent.then((result) => (leader.isFollowed ? copyResult(result) : result));
  }

  async function follow(leader: Leader, request: SubgraphRequest): Promise<SubgraphResult> {
    leader.isFollowed = true;
    const { signal, deadlineMs } = request.context;
    const { promise: left, resolve: leave } = Promise.withResolvers<undefined>();
    const onAbort = (): void => leave(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const result = await Promise.race([leader.result, left]);
      if (result === undefined) return leftResult(signal);
      const isLeadersOwn =
        leader.context.signal.aborted || (deadlineMs > leader.context.deadlineMs && hasRunOutOfTime(result));
      return isLeadersOwn ? await execute(request) : copyResult(result);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  return { ...subgraph, execute };
}

/** The request that went out, and whose it is. */
interface Leader {
  readonly context: RequestContext;
  readonly result: Promise<SubgraphResult>;
  isFollowed: boolean;
}

function variablesOf({ variables, variablesText }: SubgraphRequest): string {
  return variablesText ?? (variables === undefined ? '' : JSON.stringify(variables));
}

/** Callers may change the data that they get: sharers need their own. */
function copyResult(result: SubgraphResult): SubgraphResult {
  return result.data == null ? result : { ...result, data: copyData(result.data) as Record<string, unknown> };
}

function hasRunOutOfTime({ errors = [] }: SubgraphResult): boolean {
  return errors.some(({ cause }) => cause instanceof WeirError && cause.code === 'DEADLINE_EXCEEDED');
}

function leftResult({ reason }: AbortSignal): SubgraphResult {
  return failureResult(
    reason instanceof WeirError ? reason : new WeirError('CLIENT_CLOSED_REQUEST', undefined, { cause: reason }),
  );
}
