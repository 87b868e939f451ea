import { compileLinearPattern, type LinearPattern } from '../config/linear-pattern.ts';

/** Who may read answers from a page of another origin (Fetch standard, §3.3 CORS protocol). */
export interface CorsRule {
  /** Exact origins, `*`, or patterns with one `*` for a label such as `https://*.shop.example`. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** Request headers that pages may set; `*`: those that they ask for. */
  readonly allowHeaders: readonly string[];
  /** Response headers that pages may read. */
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
  /** Seconds that browsers may keep the answer to a preflight. */
  readonly maxAgeSeconds: number;
}

/** What of a request the rule looks at. Header names in lower case. */
export interface CorsRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface CorsDecision {
  /** Whether the request is a preflight: it is answered with 204 and these headers, and goes no further. */
  readonly isPreflight: boolean;
  /** For the answer, whatever it is. */
  readonly headers: Readonly<Record<string, string>>;
}

export type ApplyCors = (request: CorsRequest) => CorsDecision;

const NOTHING: CorsDecision = { isPreflight: false, headers: {} };

/** @throws {TypeError} for `*` with credentials: it would let every page act as its visitor. */
export function compileCors(rule: CorsRule): ApplyCors {
  if (rule.credentials && rule.origins.includes('*')) {
    throw new TypeError('Cannot allow every origin with credentials: list the origins');
  }
  const isAllowed = compileOrigins(rule.origins);
  const allowsAll = rule.origins.includes('*');
  const methods = rule.methods.join(', ');
  const anyHeader = rule.allowHeaders.includes('*');
  const allowHeaders = rule.allowHeaders.filter((name) => name !== '*').join(', ');
  const exposed: Record<string, string> =
    rule.exposeHeaders.length === 0 ? {} : { 'access-control-expose-headers': rule.exposeHeaders.join(', ') };
  // The answer differs by origin, so that a shared cache must know (Fetch §3.3.5).
  const vary: Record<string, string> = allowsAll ? {} : { vary: 'Origin' };
  return ({ method, headers }) => {
    const { origin } = headers;
    const asked = headers['access-control-request-method'];
    const isPreflight = method === 'OPTIONS' && origin !== undefined && asked !== undefined;
    if (origin === undefined || !isAllowed(origin))
      return isPreflight ? { isPreflight, headers: vary } : { ...NOTHING, headers: vary };
    const granted: Record<string, string> = { ...vary, 'access-control-allow-origin': allowsAll ? '*' : origin };
    if (rule.credentials) granted['access-control-allow-credentials'] = 'true';
    if (!isPreflight) return { isPreflight, headers: { ...granted, ...exposed } };
    granted['access-control-allow-methods'] = methods;
    const wanted = headers['access-control-request-headers'];
    const allowed = anyHeader ? (wanted ?? '') : allowHeaders;
    if (allowed !== '') granted['access-control-allow-headers'] = allowed;
    if (anyHeader)
      granted.vary = allowsAll ? 'Access-Control-Request-Headers' : 'Origin, Access-Control-Request-Headers';
    granted['access-control-max-age'] = String(rule.maxAgeSeconds);
    return { isPreflight, headers: granted };
  };
}

function compileOrigins(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const exact = new Set(origins.filter((origin) => !origin.includes('*')));
  const patterns = origins.filter((origin) => origin.includes('*')).map(compilePattern);
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

/** `*` stands for one or more labels, never for a part of another host: `https://*.a.example` is not `https://evil-a.example`. */
function compilePattern(pattern: string): LinearPattern {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return compileLinearPattern(`^${literal.join('[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*')}$`);
}
