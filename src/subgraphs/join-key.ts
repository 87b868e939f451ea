import type { Config, GraphqlUpstreamConfig } from '../config/config.ts';
import { toSource } from '../edge/identity/compile-auth.ts';
import { compileTokenSources } from '../edge/identity/token-source.ts';
import type { RequestContext } from '../edge/request-context.ts';
import { compileHeaderRules } from '../transport/headers/compile-header-rules.ts';
import type { JoinKey } from './join-queries.ts';

type Read = (context: RequestContext) => unknown;

/**
 * Covers all that the upstream is shown of a client, and all that decides which of its endpoints is asked: headers that its file
 * forwards, what `auth` tells it of the identity, the token that goes on or is exchanged, and the client itself where the upstream has a
 * canary, affinity or a hash. Request id, trace and remaining time differ from request to request and are the first one's.
 */
export function compileJoinKey(
  upstream: GraphqlUpstreamConfig,
  gatewayAuth: Pick<Config['auth'], 'forward' | 'tokensFrom'>,
): JoinKey {
  const { add } = compileHeaderRules(upstream.headers);
  const readers = [...shownOfClients(upstream, gatewayAuth), ...routes(upstream)];
  return (context) => {
    const parts: string[] = [];
    add(parts, context);
    for (const read of readers) parts.push(JSON.stringify(read(context)) ?? '');
    return JSON.stringify(parts);
  };
}

function shownOfClients(
  { auth }: GraphqlUpstreamConfig,
  { forward, tokensFrom }: Pick<Config['auth'], 'forward' | 'tokensFrom'>,
): readonly Read[] {
  const readers: Read[] = [];
  const facts = Object.values(forward.headers);
  if (auth.identity && (facts.length > 0 || forward.signed !== undefined)) readers.push(({ identity }) => identity);
  if (auth.identity && facts.includes('client_address')) readers.push(({ clientAddress }) => clientAddress);
  if (auth.passToken) readers.push(({ headers }) => headers.authorization);
  if (auth.tokenExchange !== undefined) readers.push(compileTokenSources(tokensFrom.map(toSource)));
  return readers;
}

/** What of a client chooses an endpoint, or how long it waits for its turn. */
function routes({ balance, canary, concurrency }: GraphqlUpstreamConfig): readonly Read[] {
  const hash = balance.algorithm === 'hash' ? balance.hashBy : undefined;
  if (canary === undefined && balance.affinity === undefined && hash === undefined) {
    return concurrency === false ? [] : [({ identity }) => identity?.tier];
  }
  const [, hashHeader] = /^header:(.+)$/.exec(hash ?? '') ?? [];
  const headers = [hashHeader, canary?.pin?.header].flatMap((name) => name?.toLowerCase() ?? []);
  return [
    ({ identity, clientAddress, headers: { cookie } }) => [identity, clientAddress, cookie],
    ...headers.map(
      (name): Read =>
        (context) =>
          context.headers[name],
    ),
  ];
}
