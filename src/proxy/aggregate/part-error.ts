import { type ErrorCode, WeirError, type WeirErrorOptions } from '../../errors.ts';
import type { UpstreamResponse } from '../../transport/upstream.ts';

/**
 * What an answer that is no success says of the whole: who the client is and what it asks for is the client's matter and keeps its
 * meaning; a request that the service finds wrong is the gateway's own and becomes 502.
 */
const CODES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['UNAUTHENTICATED', 'needs another credential'],
  403: ['FORBIDDEN', 'is not for this client'],
  404: ['NOT_FOUND', 'is not there'],
  410: ['NOT_FOUND', 'is not there any more'],
  429: ['RATE_LIMITED', 'has a limit that is used up'],
  503: ['UPSTREAM_UNAVAILABLE', 'cannot be had'],
  504: ['UPSTREAM_TIMEOUT', 'did not come in time'],
};

/** The error that an answer with this status means for a route that cannot do without the part. */
export function errorOfStatus(part: string, upstream: string, { status, headers }: UpstreamResponse): WeirError {
  const [code, what] = CODES[status] ?? ['UPSTREAM_ERROR', `got ${status}`];
  const retryAfter = status === 429 || status === 503 ? headers['retry-after'] : undefined;
  const seconds = typeof retryAfter === 'string' && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return new WeirError(code, `The part "${part}" ${what}`, {
    upstream,
    details: { part, ...(seconds !== undefined && { retryAfterSeconds: seconds }) },
  });
}

/** The same error, naming the part. */
export function ofPart(part: string, error: WeirError): WeirError {
  const { code, message, upstream, details } = error;
  const options: WeirErrorOptions = { cause: error, details: { ...details, part } };
  return new WeirError(code, message, upstream === undefined ? options : { ...options, upstream });
}
