import type { IssuedToken, TokenEndpoint } from './token-endpoint.ts';

/** Share of a token's life after which it is renewed while it still holds. */
const RENEWAL_RATIO = 0.8;

/** Least milliseconds between two tokens that are asked for since the upstream refused one. */
const REFUSAL_INTERVAL_MS = 5_000;

/**
 * The gateway's own token for an upstream (RFC 6749 §4.4). Asked for with the first request, renewed beside the requests from
 * four fifths of its life, so that none waits; kept to its end where the server is away.
 */
export class ClientCredentials {
  readonly #endpoint: TokenEndpoint;
  #token: IssuedToken | undefined;
  #asking: Promise<IssuedToken> | undefined;
  #forgottenAtMs = Number.NEGATIVE_INFINITY;

  constructor(endpoint: TokenEndpoint) {
    this.#endpoint = endpoint;
  }

  /** At once where there is a token. Rejects where there is none and none can be had. */
  token(): string | Promise<string> {
    const token = this.#token;
    const now = this.#endpoint.now();
    if (token === undefined || now >= token.expiresMs) return this.#ask().then(({ accessToken }) => accessToken);
    if (now >= token.issuedAtMs + (token.expiresMs - token.issuedAtMs) * RENEWAL_RATIO) this.#ask().catch(() => {});
    return token.accessToken;
  }

  /**
   * To be called when the upstream refuses the token (401).
   * @returns whether another is to be had. An upstream that refuses whatever it is shown does not have the server asked for
   *   each request.
   */
  forget(accessToken: string): boolean {
    if (this.#token !== undefined && this.#token.accessToken !== accessToken) return true;
    const now = this.#endpoint.now();
    if (now - this.#forgottenAtMs < REFUSAL_INTERVAL_MS) return this.#asking !== undefined;
    this.#forgottenAtMs = now;
    this.#token = undefined;
    return true;
  }

  #ask(): Promise<IssuedToken> {
    this.#asking ??= this.#endpoint
      .request({ grant_type: 'client_credentials' })
      .then((token) => {
        this.#token = token;
        return token;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
