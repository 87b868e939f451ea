import type { RequestContext } from '../../edge/request-context.ts';
import type { Subgraph, SubgraphOperation, SubgraphResult } from '../../subgraphs/subgraph.ts';
import type { JsonObject } from '../own.ts';
import { copyJsonObject } from './merge.ts';
import { abortedResult, type Send, sendDirectly } from './send.ts';

export interface JoinOptions {
  /**
   * What of the request reaches the subgraph besides operation and variables: forwarded headers, identity. Requests are joined only where it
   * is equal; `undefined`: never.
   */
  joinKey(subgraph: string, context: RequestContext): string | undefined;
  onJoin?(event: { readonly subgraph: string }): void;
}

/**
 * Lets identical queries that are under way at the same time share one upstream request. Mutations are always sent.
 * A client that leaves takes only itself: where it was the one whose request went out, the others send anew.
 */
export function createJoiningSend({ joinKey, onJoin }: JoinOptions): Send {
  const bySubgraph = new Map<Subgraph, Map<string, Promise<SubgraphResult>>>();

  const send: Send = (subgraph, operation, variablesText, context) => {
    if (operation.kind !== 'query') return sendDirectly(subgraph, operation, variablesText, context);
    const requestKey = joinKey(subgraph.name, context);
    if (requestKey === undefined) return sendDirectly(subgraph, operation, variablesText, context);
    let underWay = bySubgraph.get(subgraph);
    if (underWay === undefined) {
      underWay = new Map();
      bySubgraph.set(subgraph, underWay);
    }
    const key = `${operation.text}\n${variablesText ?? ''}\n${requestKey}`;
    const leader = underWay.get(key);
    if (leader !== undefined) {
      onJoin?.({ subgraph: subgraph.name });
      return follow(leader, context, () => send(subgraph, operation, variablesText, context));
    }
    return lead(underWay, key, subgraph, operation, variablesText, context);
  };
  return send;
}

const followed = new WeakSet<Promise<SubgraphResult>>();

function lead(
  underWay: Map<string, Promise<SubgraphResult>>,
  key: string,
  subgraph: Subgraph,
  operation: SubgraphOperation,
  variablesText: string | undefined,
  context: RequestContext,
): Promise<SubgraphResult> | SubgraphResult {
  const sent = sendDirectly(subgraph, operation, variablesText, context);
  if (!(sent instanceof Promise)) return sent;
  const shared = sent.then((result) => {
    underWay.delete(key);
    return context.signal.aborted ? LEADER_LEFT : result;
  });
  underWay.set(key, shared);
  return sent.then((result) => (followed.has(shared) ? copyResult(result) : result));
}

/** What followers see where the request that went out was given up by its client. */
const LEADER_LEFT: SubgraphResult = {};

async function follow(
  leader: Promise<SubgraphResult>,
  context: RequestContext,
  sendAnew: () => Promise<SubgraphResult> | SubgraphResult,
): Promise<SubgraphResult> {
  followed.add(leader);
  const { signal } = context;
  if (signal.aborted) return abortedResult(signal);
  const { promise: left, resolve } = Promise.withResolvers<SubgraphResult>();
  const leave = (): void => resolve(abortedResult(signal));
  signal.addEventListener('abort', leave, { once: true });
  try {
    const result = await Promise.race([leader, left]);
    return result === LEADER_LEFT ? sendAnew() : copyResult(result);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Runs write into the data that they get: sharers need their own. */
function copyResult(result: SubgraphResult): SubgraphResult {
  return result.data == null ? result : { ...result, data: copyJsonObject(result.data as JsonObject) };
}
