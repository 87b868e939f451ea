import { hash } from 'node:crypto';
import type { Identity } from '../request-context.ts';
import { type ClaimMapping, compileClaimMapping, DEFAULT_CLAIM_MAPPING } from './claim-mapping.ts';
import { type ClientAuthentication, compileClientAuthentication } from './client-authentication.ts';
import { CredentialCache, type CredentialCacheOptions, JudgeLost, type Judgement } from './credential-cache.ts';
import type { Credentials } from './credentials.ts';
import { fetchJson } from './fetch-json.ts';
import type { Mechanism } from './mechanism.ts';
import { type Outcome, refuseToken, unverifiable } from './outcome.ts';
import { AUTHORIZATION_BEARER, compileTokenSources, type ReadToken, type TokenSource } from './token-source.ts';
import { formatChallenge } from './www-authenticate.ts';

export interface IntrospectionOptions {
  /** URL of the endpoint. */
  readonly endpoint: string;
  readonly client: ClientAuthentication;
  readonly sources?: readonly TokenSource[];
  /** Of these, one must be in `aud`, where the answer has one. */
  readonly audience?: readonly string[];
  readonly mapping?: ClaimMapping;
  readonly clockSkewMs?: number;
  /** Milliseconds for the endpoint's answer; default 2,000. */
  readonly timeoutMs?: number;
  readonly cache?: CredentialCacheOptions;
}

/** Opaque tokens, judged by their authorization server (RFC 7662). */
export class IntrospectionMechanism implements Mechanism {
  readonly kind = 'introspection';
  readonly challenge = formatChallenge({ scheme: 'Bearer' });
  readonly #endpoint: string;
  readonly #read: ReadToken;
  readonly #cache: CredentialCache<Identity>;

  constructor(options: IntrospectionOptions) {
    this.#endpoint = options.endpoint;
    this.#read = compileTokenSources(options.sources ?? [AUTHORIZATION_BEARER]);
    this.#cache = new CredentialCache(compileJudge(options), options.cache);
  }

  identify(credentials: Credentials): Outcome | Promise<Outcome> {
    const token = this.#read(credentials);
    if (token === undefined) return null;
    const found = this.#cache.find(hash('sha256', token, 'base64url'), token);
    return found instanceof Promise ? found.then((later) => this.#conclude(later)) : this.#conclude(found);
  }

  async close(): Promise<void> {}

  #conclude(found: Identity | null | JudgeLost): Outcome {
    if (found === null) return refuseToken('The token is not active');
    return found instanceof JudgeLost ? unverifiable(this.#endpoint, found.cause) : found;
  }
}

function compileJudge(options: IntrospectionOptions): (token: string) => Promise<Judgement<Identity>> {
  const { endpoint, audience, clockSkewMs = 0, timeoutMs = 2_000 } = options;
  const authenticate = compileClientAuthentication(options.client);
  const toIdentity = compileClaimMapping(options.mapping ?? DEFAULT_CLAIM_MAPPING, 'introspection');
  const now = options.cache?.now ?? Date.now;
  return async (token) => {
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    await authenticate(form, headers);
    const answer = await fetchJson(endpoint, { method: 'POST', headers, body: form.toString(), timeoutMs });
    if (typeof answer !== 'object' || answer === null || !('active' in answer)) {
      throw new Error(`Cannot use the answer of "${endpoint}": it does not say whether the token is active`);
    }
    const claims = answer as Record<string, unknown>;
    const expiresMs = typeof claims.exp === 'number' ? claims.exp * 1000 + clockSkewMs : Number.POSITIVE_INFINITY;
    const isEarly = typeof claims.nbf === 'number' && now() < claims.nbf * 1000 - clockSkewMs;
    const isAccepted = claims.active === true && !isEarly && isFor(claims.aud, audience);
    return { value: isAccepted ? toIdentity(claims) : null, expiresMs };
  };
}

function isFor(claimed: unknown, audience: readonly string[] | undefined): boolean {
  if (audience === undefined) return true;
  const values = Array.isArray(claimed) ? claimed : [claimed];
  return values.some((value) => typeof value === 'string' && audience.includes(value));
}
