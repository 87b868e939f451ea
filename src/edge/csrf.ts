/** What of a request tells whether a page of another site may have sent it without asking. */
export interface CsrfRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface CsrfRule {
  /** A request with one of these headers is let through: no page can set it elsewhere without a preflight. */
  readonly requiredHeaders: readonly string[];
  /** Origins of one's own pages, which may send what forms can. */
  readonly trustedOrigins: readonly string[];
  /** Whether GET is looked at too: for GraphQL, where a GET costs and its time can tell. Not for pages and plain REST. */
  readonly checkGet: boolean;
}

/** Says whether a request may be a forgery. */
export type SuspectForgery = (request: CsrfRequest) => boolean;

/** Content types that a form of any page can send (Fetch §2.2.2, CORS-safelisted). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);

/**
 * Refuses what browsers send across sites without a preflight. A request passes that had to be preflighted (its method, a
 * content type that no form has, one of the required headers), that the browser itself calls same-origin (`Sec-Fetch-Site`),
 * or that comes from a trusted origin.
 */
export function compileCsrf(rule: CsrfRule): SuspectForgery {
  const required = rule.requiredHeaders.map((name) => name.toLowerCase());
  const trusted = new Set(rule.trustedOrigins);
  return ({ method, headers }) => {
    if (method !== 'POST' && !(method === 'GET' && rule.checkGet)) return false;
    const type = headers['content-type'];
    const isForm = type !== undefined && FORM_TYPES.has(essence(type));
    if (type !== undefined && !isForm) return false;
    for (const name of required) if (headers[name]) return false;
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (site === 'same-origin' || site === 'none') return false;
    if (origin !== undefined && trusted.has(origin)) return false;
    // Every browser names the origin of a POST: one without it, and without a form's type, is a program's.
    return isForm || method === 'GET' || origin !== undefined || site !== undefined;
  };
}

function essence(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
