import {
  type Authenticate,
  type ClientAuthentication,
  compileClientAuthentication,
} from '../identity/client-authentication.ts';
import { fetchJson } from '../identity/fetch-json.ts';

export interface TokenEndpointOptions {
  readonly url: string;
  readonly client: ClientAuthentication;
  readonly scopes?: readonly string[];
  readonly audience?: string;
  /** Milliseconds for an answer; default 5,000. */
  readonly timeoutMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A token as an authorization server gave it (RFC 6749 §5.1). */
export interface IssuedToken {
  readonly accessToken: string;
  readonly issuedAtMs: number;
  /** Milliseconds since the epoch. */
  readonly expiresMs: number;
}

/** RFC 6749 §5.1: `expires_in` is only recommended; without it a token is asked for anew after a minute. */
const UNKNOWN_LIFE_MS = 60_000;

/** Asks a token endpoint. Rejects where it cannot be reached, refuses, or gives no bearer token. */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #authenticate: Authenticate;
  readonly now: () => number;

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
    this.#authenticate = compileClientAuthentication(options.client);
    this.now = options.now ?? Date.now;
  }

  async request(parameters: Readonly<Record<string, string>>): Promise<IssuedToken> {
    const { url, scopes = [], audience, timeoutMs = 5_000 } = this.#options;
    const form = new URLSearchParams(parameters);
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    if (audience !== undefined) form.set('audience', audience);
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    await this.#authenticate(form, headers);
    const issuedAtMs = this.now();
    const answer = (await fetchJson(url, { method: 'POST', headers, body: form.toString(), timeoutMs })) as Record<
      string,
      unknown
    >;
    const { access_token: accessToken, expires_in: expiresIn, token_type: type } = answer;
    if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) {
      throw new Error(`Cannot use the answer of "${url}": it has no access_token`);
    }
    // RFC 8693 §2.2.1: `N_A` where the token is none that a header carries.
    if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
      throw new Error(`Cannot use the answer of "${url}": its token_type is no bearer token`);
    }
    const lifeMs = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn * 1000 : UNKNOWN_LIFE_MS;
    return { accessToken, issuedAtMs, expiresMs: issuedAtMs + lifeMs };
  }
}
