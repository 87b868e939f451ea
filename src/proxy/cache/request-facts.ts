import type { RouteExchange } from '../route-exchange.ts';
import { readDirectives, secondsOf } from './directives.ts';

/** What a request asks of caches (RFC 9111 §5.2.1), milliseconds. */
export interface ClientControl {
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAgeMs: number;
  readonly minFreshMs: number;
  readonly maxStaleMs: number;
}

const NOTHING: ClientControl = {
  ...{ noCache: false, noStore: false, onlyIfCached: false },
  ...{ maxAgeMs: Number.POSITIVE_INFINITY, minFreshMs: 0, maxStaleMs: 0 },
};

type Headers = RouteExchange['scope']['headers'];

/**
 * @param isHeard Whether the client may ask for fresher or staler answers. `no-store` and `only-if-cached` cost the upstream nothing, and
 *   always count.
 */
export function readClientControl(headers: Headers, isHeard: boolean): ClientControl {
  const value = headers['cache-control'];
  if (value === undefined) {
    return isHeard && headers.pragma !== undefined && /\bno-cache\b/i.test(headers.pragma)
      ? { ...NOTHING, noCache: true }
      : NOTHING;
  }
  const directives = readDirectives(value);
  const noStore = directives.has('no-store');
  const onlyIfCached = directives.has('only-if-cached');
  if (!isHeard) return noStore || onlyIfCached ? { ...NOTHING, noStore, onlyIfCached } : NOTHING;
  const isAnyStale = directives.get('max-stale') === true;
  return {
    noCache: directives.has('no-cache'),
    noStore,
    onlyIfCached,
    maxAgeMs: (secondsOf(directives, 'max-age') ?? Number.POSITIVE_INFINITY) * 1_000,
    minFreshMs: (secondsOf(directives, 'min-fresh') ?? 0) * 1_000,
    maxStaleMs: isAnyStale ? Number.POSITIVE_INFINITY : (secondsOf(directives, 'max-stale') ?? 0) * 1_000,
  };
}

/** Fields that say who asks, whoever reads them: those of standards, and those that services and proxies before them commonly use. */
const CREDENTIALS = [
  ...['authorization', 'x-api-key', 'api-key', 'x-auth-token', 'x-access-token', 'x-session-token'],
  ...['client-cert', 'x-forwarded-client-cert', 'x-client-cert', 'x-ssl-client-cert', 'x-amzn-mtls-clientcert'],
  ...['x-forwarded-user', 'x-auth-request-user', 'x-remote-user', 'remote-user'],
  ...['x-amz-security-token', 'x-amzn-oidc-data', 'x-goog-iap-jwt-assertion', 'cf-access-jwt-assertion'],
];

/**
 * Whether anything of a request tells who asks: an identity, a credential that the gateway has taken out of it or lets pass, any cookie
 * of a service.
 * @param ownCookies Cookies of the gateway itself.
 */
export function hasCredential({ scope }: RouteExchange, ownCookies: ReadonlySet<string>): boolean {
  const { headers, head } = scope;
  // Credentials were taken out of the head that is sent on.
  if (scope.identity !== null || headers !== head.headers) return true;
  for (const name of CREDENTIALS) if (headers[name] !== undefined) return true;
  return headers.cookie !== undefined && cookieNames(headers.cookie).some((name) => !ownCookies.has(name));
}

export function cookieNames(header: string): readonly string[] {
  return header.split(';').map((pair) => (pair.split('=', 1)[0] as string).trim());
}

/** Some frameworks answer another method or path than the one asked for, by these: their answer is for nobody else. */
const OVERRIDES = [
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
  ...['x-original-host', 'x-host', 'x-forwarded-path', 'x-original-uri'],
];

/** Conditions that only the origin judges (RFC 9111 §4.3.2). */
const OF_THE_ORIGIN = ['if-match', 'if-unmodified-since'];

/** Whether a GET or HEAD can neither be answered by what is kept, nor its answer be kept. */
export function isBesideCache({ body, scope: { headers } }: RouteExchange): boolean {
  if (body !== null) return true;
  for (const name of OF_THE_ORIGIN) if (headers[name] !== undefined) return true;
  for (const name of OVERRIDES) if (headers[name] !== undefined) return true;
  return false;
}
