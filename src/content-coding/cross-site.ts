import type { RequestContext } from '../edge/request-context.ts';

/**
 * Whether a page of another site makes the browser send the user's cookies. Such a page can have its guesses at a secret reflected beside
 * it, and learns from the length of the encoded answer which of them is right (BREACH); it cannot without the cookies.
 */
export function isCrossSiteWithCookies(headers: RequestContext['headers']): boolean {
  return headers.cookie !== undefined && headers['sec-fetch-site'] === 'cross-site';
}
