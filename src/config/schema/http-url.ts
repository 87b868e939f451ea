import * as z from 'zod';

/**
 * The URL of a service. It takes no user and password, which would end up in logs (a header can carry them), and no
 * fragment, which is never sent (RFC 9110 §4.2.4, §7.1).
 */
export function httpUrl(description: string) {
  return z
    .url({ protocol: /^https?$/, error: 'Expected a URL that starts with http:// or https://' })
    .refine(hasOnlySentParts, 'Expected a URL without user, password and fragment')
    .describe(description);
}

function hasOnlySentParts(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === '' && url.password === '' && url.hash === '');
}
