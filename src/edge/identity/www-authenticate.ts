/** One challenge of `WWW-Authenticate` (RFC 9110 §11.6.1), with the parameters of RFC 6750 §3. */
export interface ChallengeParameters {
  readonly scheme: 'Bearer' | 'ApiKey';
  /** Left out where the request carried no credential at all (RFC 6750 §3.1). */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  readonly description?: string;
  /** Scopes that would suffice; with `insufficient_scope`. */
  readonly scopes?: readonly string[];
}

export const REALM = 'weir';

export function formatChallenge({ scheme, error, description, scopes }: ChallengeParameters): string {
  let text = `${scheme} realm="${REALM}"`;
  if (error !== undefined) text += `, error="${error}"`;
  if (description !== undefined) text += `, error_description="${toQuotable(description)}"`;
  if (scopes !== undefined && scopes.length > 0) text += `, scope="${toQuotable(scopes.join(' '))}"`;
  return text;
}

/** RFC 6750 §3: these values are printable ASCII without `"` and `\`. */
function toQuotable(text: string): string {
  return text.replace(/"/g, "'").replace(/[^\x20-\x7e]|\\/g, '?');
}
