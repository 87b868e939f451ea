import type { BrowsersDefinition } from '../config/schema/browsers.ts';
import type { AuthDefinition } from '../config/schema/identity.ts';
import type { RateLimitDefinition } from '../config/schema/limits.ts';
import type { ErrorCode } from '../errors.ts';
import { type BrowserDecision, compileBrowserRules } from './browser-rules.ts';
import { compileTrustedProxies } from './client-address.ts';
import type { Edge, RequestHead } from './edge.ts';
import { compileForwarding, type Forwarding } from './forwarding/compile-forwarding.ts';
import { compileCredentialRemover } from './header-credentials.ts';
import {
  type AuthEvent,
  type Authenticator,
  compileAuth,
  type SharedKeySets,
  shareKeySets,
  toSource,
} from './identity/compile-auth.ts';
import type { Identify } from './identity/requirement.ts';
import type { TokenSource } from './identity/token-source.ts';
import { compileLimits, createLimiter, type RequestLimits } from './limits/compile-limits.ts';
import type { Limiter } from './limits/limiter.ts';
import type { LimitStoreEvent } from './limits/redis-limiter.ts';
import { compileManagedHeaders } from './managed-headers.ts';
import { type Authorize, compilePolicies, type PolicyEvent, policiesReadOperation } from './policies/policies.ts';
import { compileQueryCleaner } from './query-credentials.ts';
import { chooseRequestId } from './request-id.ts';
import { compileSecurityHeaders } from './security-headers.ts';
import { Shared } from './shared.ts';

/** The parts of gateway.yaml that the edge is compiled from. */
export interface EdgeDefinition {
  readonly server: { readonly trustedProxies: readonly string[] };
  readonly graphql: { readonly path: string };
  readonly auth: AuthDefinition;
  readonly rateLimit: RateLimitDefinition;
  readonly browsers: BrowsersDefinition;
}

/** A request that was refused, or a limit on trial that would have. */
type AdmissionEvent =
  | { readonly type: 'access_refused'; readonly code: ErrorCode }
  | { readonly type: 'limit_exceeded'; readonly limit: string; readonly isDryRun: boolean };

/** What happens at the edge and others count or log. */
export type EdgeEvent = AuthEvent | LimitStoreEvent | PolicyEvent | AdmissionEvent;

/** Every rule of the edge, in the order in which a request meets them. */
export interface CompiledEdge extends Edge {
  /** First of all: the head without what only the gateway, or a trusted proxy, may say. */
  clean(head: RequestHead): RequestHead;
  /** CORS and forgeries, before anything is asked of anybody. */
  judgeBrowser(head: RequestHead): BrowserDecision;
  /** Headers of every answer. */
  securityHeaders(head: RequestHead): readonly (readonly [string, string])[];
  /** What a route asks of its clients that has a requirement of its own; for `Destination.identify`. */
  require: Authenticator['require'];
  /** @param identify Default: what `auth:` says. */
  identifyBy(identify: Identify | undefined, head: RequestHead): ReturnType<Identify>;
  readonly authorize: Authorize;
  /** Whether the client's own hop is TLS. */
  isTls(head: RequestHead): boolean;
  /** Whether the peer is a proxy whose word is believed. */
  trusts(head: RequestHead): boolean;
  /** Which limits a request must pass; to be given to `limiter.take`. */
  readonly limits: RequestLimits;
  readonly limiter: Limiter;
  /** Whether policies or limits of GraphQL requests look at the operation. */
  readonly needsOperation: boolean;
  readonly forwarding: Forwarding;
  /** The query without credentials, for upstreams and logs. */
  cleanQuery(query: string): string;
  /** The head as a route sends it on: authentication ends at the gateway. */
  withoutCredentials(head: RequestHead): RequestHead;
  /** Waits for what is asked for every request, at most so long; without it the gateway serves all the same. */
  waitUntilReady(timeoutMs: number): Promise<boolean>;
  readonly onEvent: ((event: EdgeEvent) => void) | undefined;
  /** What the edge of the next config goes on with. */
  readonly lasting: Lasting;
}

/** What outlives a reload: counts of limits and keys of issuers, where the config says the same of them. */
export interface Lasting {
  readonly limiters: Shared<Limiter>;
  readonly keySets: SharedKeySets;
}

/** Headers that vouch for a certificate: only a trusted proxy may say so. */
const CERTIFICATE_HEADERS = ['client-cert', 'client-cert-chain', 'x-forwarded-client-cert'];

/**
 * @param former The edge of the config before; close it when its last request is out.
 * @throws {TypeError} where the config contradicts itself, or names a file that cannot be read.
 */
export function createEdge(
  definition: EdgeDefinition,
  onEvent?: (event: EdgeEvent) => void,
  former?: Pick<CompiledEdge, 'lasting'>,
): CompiledEdge {
  const { auth, rateLimit, browsers } = definition;
  const proxies = compileTrustedProxies(definition.server.trustedProxies);
  const forwarding = compileForwarding(auth);
  const vouched = compileManagedHeaders(CERTIFICATE_HEADERS);
  const lasting = former?.lasting ?? { limiters: new Shared((each: Limiter) => each.close()), keySets: shareKeySets() };
  // All that can be refused in a config is compiled before anything is held that would have to be let go of.
  const authorize = compilePolicies(auth.policies, onEvent === undefined ? {} : { onEvent });
  const limits = compileLimits(rateLimit.limits);
  const securityHeaders = compileSecurityHeaders(browsers.securityHeaders);
  const judgeBrowser = compileBrowserRules(browsers, definition.graphql.path);
  const authenticator = compileAuth(auth, onEvent, lasting.keySets);
  const { thing: limiter, release } = lasting.limiters.hold(storeOf(rateLimit), () =>
    createLimiter(rateLimit, onEvent),
  );
  const sources = credentialSources(auth);
  const cleanQuery = compileQueryCleaner(sources.flatMap((source) => (source.in === 'query' ? [source.name] : [])));
  const cleanHeaders = compileCredentialRemover(sources);
  const identifyBy = (identify: Identify | undefined, { headers, query, peerAddress, certificate }: RequestHead) => {
    const credentials = { headers, query, fromTrustedProxy: proxies.has(peerAddress) };
    return (identify ?? authenticator.identify)(
      certificate === undefined ? credentials : { ...credentials, certificate },
    );
  };
  return {
    clean(head) {
      const unmanaged = forwarding.managed.strip(head.headers);
      const headers = proxies.has(head.peerAddress) ? unmanaged : vouched.strip(unmanaged);
      return headers === head.headers ? head : { ...head, headers };
    },
    requestId: ({ headers, peerAddress }) => chooseRequestId(headers['x-request-id'], proxies.has(peerAddress)),
    clientAddress: proxies.clientAddress,
    trusts: ({ peerAddress }) => proxies.has(peerAddress),
    judgeBrowser,
    isTls: proxies.isTls,
    securityHeaders: (head) => securityHeaders(proxies.isTls(head)),
    identify: (head) => identifyBy(undefined, head),
    identifyBy,
    require: authenticator.require,
    authorize,
    limits,
    limiter,
    needsOperation: limits.needOperation || policiesReadOperation(auth.policies),
    forwarding,
    lasting,
    onEvent,
    waitUntilReady: (timeoutMs) => limiter.waitUntilReady(timeoutMs),
    cleanQuery,
    withoutCredentials: (head) =>
      sources.length === 0 ? head : { ...head, headers: cleanHeaders(head.headers), query: cleanQuery(head.query) },
    async close() {
      await Promise.all([authenticator.close(), release()]);
    },
  };
}

function storeOf({ redis, redisNamespace, redisDeadlineMs, maxKeys }: RateLimitDefinition): string {
  return JSON.stringify([redis, redisNamespace, redisDeadlineMs, maxKeys]);
}

/** Where the configured mechanisms look for tokens and keys. */
function credentialSources({ jwt, introspection, tokensFrom, apiKeys }: AuthDefinition): TokenSource[] {
  const forTokens = jwt === undefined && introspection === undefined ? [] : tokensFrom;
  return [...forTokens, ...(apiKeys?.from ?? [])].map(toSource);
}
