import type { Config, GraphqlUpstreamConfig } from '../config/config.ts';
import type { RequestContext } from '../edge/request-context.ts';
import { compileHeaderRules } from '../transport/headers/compile-header-rules.ts';
import type { JoinKey } from './join-queries.ts';

/**
 * Covers all that the upstream is shown of a client, and all that decides which of its endpoints is asked: headers that the upstream's
 * file forwards, the client's token, what `auth.forward` says of the identity, and the client itself where the upstream has a canary,
 * affinity or tiers. Request id, trace and remaining time differ from request to request and are the first one's.
 */
export function compileJoinKey(upstream: GraphqlUpstreamConfig, forward: Config['auth']['forward']): JoinKey {
  const { add } = compileHeaderRules(upstream.headers);
  const readers: ((context: RequestContext) => unknown)[] = [];
  const { balance, canary, concurrency } = upstream;
  const facts = Object.values(forward.headers);
  const isBound = canary !== undefined || balance.affinity !== undefined || balance.algorithm === 'hash';
  if (facts.length > 0 || forward.signed !== undefined || isBound) readers.push(({ identity }) => identity);
  else if (concurrency !== false) readers.push(({ identity }) => identity?.tier);
  if (facts.includes('client_address') || isBound) readers.push(({ clientAddress }) => clientAddress);
  if (isBound) {
    readers.push(({ headers }) => headers.cookie);
    for (const name of routingHeaders(upstream)) readers.push(({ headers }) => headers[name]);
  }

  return (context) => {
    const parts: string[] = [];
    add(parts, context);
    // A token may be passed on or exchanged.
    parts.push(context.headers.authorization ?? '');
    for (const read of readers) parts.push(JSON.stringify(read(context)) ?? '');
    return JSON.stringify(parts);
  };
}

/** Headers, in lower case, that choose an endpoint. */
function routingHeaders({ balance, canary }: GraphqlUpstreamConfig): readonly string[] {
  const [kind, name] = balance.algorithm === 'hash' ? balance.hashBy.split(':') : [];
  return [kind === 'header' ? name : undefined, canary?.pin?.header].flatMap((header) => header?.toLowerCase() ?? []);
}
