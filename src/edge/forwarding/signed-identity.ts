import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import type { ForwardedFacts } from './identity-headers.ts';

export interface SignedIdentityOptions {
  /** PKCS #8 in PEM, or a private JWK as JSON. */
  readonly privateKey: string;
  readonly algorithm: string;
  readonly keyId?: string;
  readonly issuer: string;
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Tells upstreams who asks in a form that does not need a trusted network: a JWT that the gateway signs, for one upstream and
 * one request.
 */
export class SignedIdentity {
  readonly #options: SignedIdentityOptions;
  readonly #key: KeyObject;
  readonly #minted = new WeakMap<object, Map<string, Promise<string>>>();

  /** @throws where the key cannot be read. */
  constructor(options: SignedIdentityOptions) {
    this.#options = options;
    const text = options.privateKey.trim();
    this.#key = text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
  }

  /** The key set by which upstreams verify (RFC 7517 §5). */
  get keySet(): { readonly keys: readonly JWK[] } {
    const { algorithm, keyId } = this.#options;
    const jwk = createPublicKey(this.#key).export({ format: 'jwk' }) as JWK;
    return { keys: [{ ...jwk, alg: algorithm, use: 'sig', ...(keyId === undefined ? {} : { kid: keyId }) }] };
  }

  /** One token for all calls of a request to an upstream. */
  mint(facts: ForwardedFacts, upstream: string): Promise<string> {
    let tokens = this.#minted.get(facts);
    if (tokens === undefined) {
      tokens = new Map();
      this.#minted.set(facts, tokens);
    }
    let token = tokens.get(upstream);
    if (token === undefined) {
      token = this.#sign(facts, upstream);
      tokens.set(upstream, token);
    }
    return token;
  }

  #sign({ identity, requestId }: ForwardedFacts, upstream: string): Promise<string> {
    const { algorithm, keyId, issuer, ttlMs, now = Date.now } = this.#options;
    const issuedAt = Math.floor(now() / 1000);
    const token = new SignJWT({
      ...(identity !== null && {
        sub: identity.subject,
        kind: identity.kind,
        scope: identity.scopes.join(' '),
        roles: [...identity.roles],
        ...(identity.tier !== undefined && { tier: identity.tier }),
      }),
      request_id: requestId,
    });
    return token
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
      .setIssuer(issuer)
      .setAudience(upstream)
      .setJti(`${requestId}.${upstream}`)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + Math.ceil(ttlMs / 1000))
      .sign(this.#key);
  }
}
