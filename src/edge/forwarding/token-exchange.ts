import { hash } from 'node:crypto';
import { GenerationMap } from '../generation-map.ts';
import type { IssuedToken, TokenEndpoint } from './token-endpoint.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Seconds are lost on the way: a token this near to its end is not used any more. */
const MARGIN_MS = 5_000;

/** A token for the upstream in exchange for the client's (RFC 8693). Kept by the digest of the client's token. */
export class TokenExchange {
  readonly #endpoint: TokenEndpoint;
  readonly #tokens: GenerationMap<string, IssuedToken>;
  readonly #asking = new Map<string, Promise<string>>();

  /** @param maxEntries Tokens that are kept; default 10,000. */
  constructor(endpoint: TokenEndpoint, maxEntries = 10_000) {
    this.#endpoint = endpoint;
    this.#tokens = new GenerationMap(maxEntries);
  }

  /** @param subjectEndsMs When the client's token ends: what was exchanged for it is not used beyond. */
  exchange(subjectToken: string, subjectEndsMs: number): string | Promise<string> {
    const digest = hash('sha256', subjectToken, 'base64url');
    const known = this.#tokens.get(digest);
    if (known !== undefined && this.#endpoint.now() < known.expiresMs - MARGIN_MS) return known.accessToken;
    let asking = this.#asking.get(digest);
    if (asking === undefined) {
      asking = this.#ask(digest, subjectToken, subjectEndsMs).finally(() => this.#asking.delete(digest));
      this.#asking.set(digest, asking);
    }
    return asking;
  }

  async #ask(digest: string, subjectToken: string, subjectEndsMs: number): Promise<string> {
    const token = await this.#endpoint.request({
      grant_type: GRANT,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
    });
    this.#tokens.set(digest, { ...token, expiresMs: Math.min(token.expiresMs, subjectEndsMs) });
    return token.accessToken;
  }
}
