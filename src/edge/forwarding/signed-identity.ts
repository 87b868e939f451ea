import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import type { RequestContext } from '../request-context.ts';
import type { ForwardedFacts } from './identity-headers.ts';

export interface SignedIdentityOptions {
  /** PKCS #8 in PEM, or a private JWK as JSON. */
  readonly privateKey: string;
  readonly algorithm: string;
  /** Default: the thumbprint of the key (RFC 7638). */
  readonly keyId?: string;
  readonly issuer: string;
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

type SignedFacts = ForwardedFacts & Pick<RequestContext, 'scoped'>;

/**
 * Tells upstreams who asks in a form that does not need a trusted network: a JWT that the gateway signs, for one upstream and
 * one request.
 */
export class SignedIdentity {
  readonly #options: SignedIdentityOptions;
  readonly #key: KeyObject;
  readonly #keyId: string;

  /** @throws where the key cannot be read. */
  constructor(options: SignedIdentityOptions) {
    this.#options = options;
    const text = options.privateKey.trim();
    this.#key = text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
    this.#keyId = options.keyId ?? thumbprintOf(createPublicKey(this.#key).export({ format: 'jwk' }) as JWK);
  }

  /** The key set by which upstreams verify (RFC 7517 §5). */
  get keySet(): { readonly keys: readonly JWK[] } {
    const { algorithm } = this.#options;
    const jwk = createPublicKey(this.#key).export({ format: 'jwk' }) as JWK;
    return { keys: [{ ...jwk, alg: algorithm, use: 'sig', kid: this.#keyId }] };
  }

  /** One token for all calls of a request to an upstream: it is kept with the request. */
  mint(context: SignedFacts, upstream: string): Promise<string> {
    let tokens = context.scoped.get(this) as Map<string, Promise<string>> | undefined;
    if (tokens === undefined) {
      tokens = new Map();
      context.scoped.set(this, tokens);
    }
    let token = tokens.get(upstream);
    if (token === undefined) {
      token = this.#sign(context, upstream);
      tokens.set(upstream, token);
    }
    return token;
  }

  #sign({ identity, requestId }: ForwardedFacts, upstream: string): Promise<string> {
    const { algorithm, issuer, ttlMs, now = Date.now } = this.#options;
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
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: this.#keyId })
      .setIssuer(issuer)
      .setAudience(upstream)
      .setJti(`${requestId}.${upstream}`)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + Math.ceil(ttlMs / 1000))
      .sign(this.#key);
  }
}

/** RFC 7638 §3.2: the members that every key of the type must have, in lexicographic order; RFC 8037 §2 for `OKP`. */
function thumbprintOf(key: JWK): string {
  const names = REQUIRED_MEMBERS[key.kty as keyof typeof REQUIRED_MEMBERS];
  return hash('sha256', JSON.stringify(Object.fromEntries(names.map((name) => [name, key[name]]))), 'base64url');
}

const REQUIRED_MEMBERS = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
} as const;
