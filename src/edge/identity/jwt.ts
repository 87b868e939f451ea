import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import { GenerationMap } from '../generation-map.ts';
import type { Identity } from '../request-context.ts';
import { type ClaimMapping, compileClaimMapping, DEFAULT_CLAIM_MAPPING, type ToIdentity } from './claim-mapping.ts';
import type { Credentials } from './credentials.ts';
import type { KeySet, KeyStamp } from './key-set.ts';
import type { Mechanism } from './mechanism.ts';
import { type Outcome, refuseToken, unverifiable } from './outcome.ts';
import { AUTHORIZATION_BEARER, compileTokenSources, type ReadToken, type TokenSource } from './token-source.ts';
import { formatChallenge } from './www-authenticate.ts';

/** One issuer whose tokens are believed. */
export interface JwtIssuer {
  readonly issuer: string;
  readonly keys: KeySet;
  /** Of these, one must be in `aud`; none: `aud` is not looked at. */
  readonly audience?: readonly string[];
  /** Signature algorithms; never `none`, never a symmetric one: a public key must not verify an HMAC. */
  readonly algorithms: readonly string[];
  /** Milliseconds of tolerance for `exp` and `nbf`. */
  readonly clockSkewMs: number;
  /** Claims that must be there; `exp` is always one of them. */
  readonly requiredClaims?: readonly string[];
  readonly mapping?: ClaimMapping;
}

export interface JwtOptions {
  readonly issuers: readonly JwtIssuer[];
  /** Default: `Authorization: Bearer`. */
  readonly sources?: readonly TokenSource[];
  /** Longest life of a cached verification, milliseconds; default 5 minutes. */
  readonly cacheTtlMs?: number;
  /** Cached verifications; default 10,000. */
  readonly cacheEntries?: number;
  /**
   * Tokens that are no JWT, or of an issuer not listed, are left to the next mechanism instead of refused. Set where
   * opaque tokens come the same way.
   */
  readonly ignoreForeign?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Issuer extends JwtIssuer {
  readonly toIdentity: ToIdentity;
}

interface Verified {
  readonly identity: Identity;
  readonly issuer: Issuer;
  readonly stamp: KeyStamp;
  readonly notBeforeMs: number;
  readonly expiresMs: number;
  readonly cachedUntilMs: number;
}

/**
 * JSON Web Tokens (RFC 7519) of one or several issuers. A token that was verified is kept by its SHA-256, for a life
 * shorter than its own; each hit looks at `exp`, `nbf` and whether the key is still in its issuer's set, and needs no promise.
 */
export class JwtMechanism implements Mechanism {
  readonly kind = 'jwt';
  readonly challenge = formatChallenge({ scheme: 'Bearer' });
  readonly #issuers: ReadonlyMap<string, Issuer>;
  readonly #read: ReadToken;
  readonly #cache: GenerationMap<string, Verified>;
  readonly #verifying = new Map<string, Promise<Outcome>>();
  readonly #cacheTtlMs: number;
  readonly #ignoreForeign: boolean;
  readonly #now: () => number;

  constructor(options: JwtOptions) {
    this.#issuers = new Map(
      options.issuers.map((issuer) => [
        issuer.issuer,
        { ...issuer, toIdentity: compileClaimMapping(issuer.mapping ?? DEFAULT_CLAIM_MAPPING, 'jwt') },
      ]),
    );
    this.#read = compileTokenSources(options.sources ?? [AUTHORIZATION_BEARER]);
    this.#cache = new GenerationMap(options.cacheEntries ?? 10_000);
    this.#cacheTtlMs = options.cacheTtlMs ?? 300_000;
    this.#ignoreForeign = options.ignoreForeign ?? false;
    this.#now = options.now ?? Date.now;
  }

  identify(credentials: Credentials): Outcome | Promise<Outcome> {
    const token = this.#read(credentials);
    if (token === undefined) return null;
    const digest = hash('sha256', token, 'base64url');
    const verified = this.#cache.get(digest);
    if (verified !== undefined) {
      const now = this.#now();
      if (now < verified.notBeforeMs) return refuseToken('The token is not valid yet');
      if (now < verified.cachedUntilMs && verified.issuer.keys.isCurrent(verified.stamp)) return verified.identity;
      this.#cache.delete(digest);
    }
    let verifying = this.#verifying.get(digest);
    if (verifying === undefined) {
      verifying = this.#verify(token, digest).finally(() => this.#verifying.delete(digest));
      this.#verifying.set(digest, verifying);
    }
    return verifying;
  }

  /** The key sets are not its own. */
  async close(): Promise<void> {}

  async #verify(token: string, digest: string): Promise<Outcome> {
    const claimed = readUnverified(token);
    if (claimed === undefined) return this.#ignoreForeign ? null : refuseToken('The token is malformed');
    const issuer = this.#issuers.get(claimed.issuer);
    if (issuer === undefined) return this.#ignoreForeign ? null : refuseToken('The token is of an unknown issuer');
    if (!issuer.algorithms.includes(claimed.algorithm)) return refuseToken('The algorithm of the token is not allowed');
    const { keys } = issuer;
    if (!(await keys.isUsable())) return unverifiable(issuer.issuer, keys.lastFailure);
    if (claimed.kid !== undefined && !(await keys.hasKid(claimed.kid)))
      return refuseToken('The key of the token is unknown');
    try {
      return await this.#verifyBy(issuer, token, digest, claimed.kid);
    } catch (cause) {
      return refuseToken(describe(cause), { cause });
    }
  }

  async #verifyBy(issuer: Issuer, token: string, digest: string, kid: string | undefined): Promise<Outcome> {
    const { keys } = issuer;
    // Taken before the signature is checked: a key that leaves meanwhile must not pass as present.
    const stamp = keys.stamp(kid);
    try {
      const { payload } = await verifyWithEveryKey(token, issuer, this.#now());
      return this.#keep(digest, payload, issuer, stamp);
    } catch (error) {
      if (kid !== undefined || !fitsNoKey(error)) throw error;
      // Without a kid, only this tells that the issuer may sign with a key that was not read yet.
      await keys.readForUnknown();
      if (keys.generation === stamp.generation) throw error;
      const { payload } = await verifyWithEveryKey(token, issuer, this.#now());
      return this.#keep(digest, payload, issuer, keys.stamp(kid));
    }
  }

  #keep(digest: string, payload: JWTPayload, issuer: Issuer, stamp: KeyStamp): Identity {
    const identity = issuer.toIdentity(payload);
    const expiresMs = (payload.exp as number) * 1000 + issuer.clockSkewMs;
    this.#cache.set(digest, {
      identity,
      issuer,
      stamp,
      notBeforeMs: payload.nbf === undefined ? Number.NEGATIVE_INFINITY : payload.nbf * 1000 - issuer.clockSkewMs,
      expiresMs,
      cachedUntilMs: Math.min(expiresMs, this.#now() + this.#cacheTtlMs),
    });
    return identity;
  }
}

/** What a token says of itself before anything is proved: only to find the issuer and the key. */
function readUnverified(token: string): { issuer: string; algorithm: string; kid: string | undefined } | undefined {
  try {
    const { iss } = decodeJwt(token);
    const { alg, kid } = decodeProtectedHeader(token);
    if (typeof iss !== 'string' || typeof alg !== 'string') return undefined;
    return { issuer: iss, algorithm: alg, kid: typeof kid === 'string' ? kid : undefined };
  } catch {
    return undefined;
  }
}

/** A token without `kid` may fit several keys (RFC 7515 §6 leaves it open): each is tried. */
async function verifyWithEveryKey(token: string, issuer: Issuer, nowMs: number): Promise<JWTVerifyResult> {
  const options = {
    issuer: issuer.issuer,
    algorithms: [...issuer.algorithms],
    clockTolerance: issuer.clockSkewMs / 1000,
    requiredClaims: ['exp', ...(issuer.requiredClaims ?? [])],
    currentDate: new Date(nowMs),
    ...(issuer.audience === undefined ? {} : { audience: [...issuer.audience] }),
  };
  try {
    return await jwtVerify(token, issuer.keys.getKey, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function fitsNoKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey;
}

/** What the client may know: which check failed, never what was expected. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'The token is not valid yet';
    return error.reason === 'missing'
      ? `The token lacks the claim ${error.claim}`
      : `The claim ${error.claim} is not accepted`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the token is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The key of the token is unknown';
  return 'The token is malformed';
}
