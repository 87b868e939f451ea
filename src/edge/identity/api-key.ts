import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../request-context.ts';
import type { ApiKeyRecord, FindApiKey } from './api-key-record.ts';
import { CredentialCache, type CredentialCacheOptions, JudgeLost } from './credential-cache.ts';
import type { Credentials } from './credentials.ts';
import type { Mechanism } from './mechanism.ts';
import { type Outcome, unauthenticated, unverifiable } from './outcome.ts';
import { compileTokenSources, type ReadToken, type TokenSource } from './token-source.ts';
import { formatChallenge } from './www-authenticate.ts';

export interface ApiKeyOptions {
  /** Key of the HMAC: who steals the store of hashes cannot try keys without it. */
  readonly secret: string;
  readonly find: FindApiKey;
  /** Names the store in errors. */
  readonly store: string;
  /** Default: `X-API-Key`. */
  readonly sources?: readonly TokenSource[];
  readonly cache?: CredentialCacheOptions;
}

export const X_API_KEY: TokenSource = { in: 'header', name: 'x-api-key', scheme: '' };

/** What the stores hold instead of the key: HMAC-SHA-256 in lower-case hexadecimal. */
export function hashApiKey(secret: string, apiKey: string): string {
  return createHmac('sha256', secret).update(apiKey).digest('hex');
}

/** API keys, known by their keyed hash alone. */
export class ApiKeyMechanism implements Mechanism {
  readonly kind = 'api_key';
  readonly challenge = formatChallenge({ scheme: 'ApiKey' });
  readonly #secret: string;
  readonly #store: string;
  readonly #read: ReadToken;
  readonly #cache: CredentialCache<Identity>;

  constructor(options: ApiKeyOptions) {
    this.#secret = options.secret;
    this.#store = options.store;
    this.#read = compileTokenSources(options.sources ?? [X_API_KEY]);
    this.#cache = new CredentialCache(async (digest) => {
      const record = await options.find(digest);
      // The store is trusted to look up, not to compare: a record that it mixes up opens nothing.
      const isMatch = record !== null && isSameDigest(record.hash, digest);
      return isMatch ? { value: toIdentity(record), expiresMs: record.expiresMs } : { value: null, expiresMs: 0 };
    }, options.cache);
  }

  identify(credentials: Credentials): Outcome | Promise<Outcome> {
    const apiKey = this.#read(credentials);
    if (apiKey === undefined) return null;
    const digest = hashApiKey(this.#secret, apiKey);
    const found = this.#cache.find(digest, digest);
    return found instanceof Promise ? found.then((later) => this.#conclude(later)) : this.#conclude(found);
  }

  async close(): Promise<void> {}

  #conclude(found: Identity | null | JudgeLost): Outcome {
    if (found === null) {
      return unauthenticated('The API key is not valid', {
        scheme: 'ApiKey',
        error: 'invalid_token',
        description: 'The API key is not valid',
      });
    }
    return found instanceof JudgeLost ? unverifiable(this.#store, found.cause) : found;
  }
}

function isSameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function toIdentity({ id, subject, scopes, roles, tier, claims, expiresMs }: ApiKeyRecord): Identity {
  return {
    ...{ subject, kind: 'api_key', scopes, roles, claims, credentialId: id },
    ...(tier === undefined ? {} : { tier }),
    ...(Number.isFinite(expiresMs) ? { expiresAtMs: expiresMs } : {}),
  };
}
