import { readFileSync } from 'node:fs';
import type { AuthDefinition } from '../../config/schema/identity.ts';
import { RedisConnection } from '../redis-connection.ts';
import { Shared } from '../shared.ts';
import { ApiKeyMechanism } from './api-key.ts';
import type { FindApiKey } from './api-key-record.ts';
import { apiKeysOfFile, apiKeysOfRedis, apiKeysOfService } from './api-key-stores.ts';
import type { ClaimMapping } from './claim-mapping.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import type { CredentialCacheOptions } from './credential-cache.ts';
import { IntrospectionMechanism } from './introspection.ts';
import { type JwtIssuer, JwtMechanism } from './jwt.ts';
import { KeySet, type KeySetEvent } from './key-set.ts';
import { keysFromDiscovery, keysFromFile, keysFromUrl } from './load-keys.ts';
import type { Mechanism } from './mechanism.ts';
import { MtlsMechanism } from './mtls.ts';
import { compileRequirement, type Identify } from './requirement.ts';
import type { TokenSource } from './token-source.ts';

/** What a route or GraphQL asks of its clients, as the config says it. */
export type RequirementDefinition = Pick<AuthDefinition, 'combine' | 'optional'> & {
  readonly mechanisms?: AuthDefinition['mechanisms'] | undefined;
};

export type AuthEvent = KeySetEvent & { readonly issuer: string };

/** The configured mechanisms, and how they are combined. */
export interface Authenticator {
  /** As `auth:` of gateway.yaml says. */
  readonly identify: Identify;
  /**
   * For a route with a requirement of its own.
   * @throws {TypeError} where it names a mechanism that is not configured.
   */
  require(definition: RequirementDefinition): Identify;
  close(): Promise<void>;
}

type MechanismName = NonNullable<AuthDefinition['mechanisms']>[number];

/** Proofs that cost the client least effort and the gateway least work come first. */
const DEFAULT_ORDER: readonly MechanismName[] = ['mtls', 'jwt', 'api_keys', 'introspection'];

/** Key sets by what they are read from; a reload while an issuer is away goes on with the keys that were read before. */
export type SharedKeySets = Shared<KeySet>;

export function shareKeySets(): SharedKeySets {
  return new Shared((keys) => keys.close());
}

/** @throws where a file cannot be read or a rule contradicts itself. An issuer that is down is no reason. */
export function compileAuth(
  auth: AuthDefinition,
  onEvent?: (event: AuthEvent) => void,
  keySets: SharedKeySets = shareKeySets(),
): Authenticator {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((each) => each()));
  };
  try {
    const configured = compileMechanisms(auth, onEvent, keySets, closers);
    const require = ({ mechanisms, combine, optional }: RequirementDefinition): Identify => {
      const names = mechanisms ?? DEFAULT_ORDER.filter((name) => configured.has(name));
      return compileRequirement({ mechanisms: names.map((name) => pick(configured, name)), combine, optional });
    };
    return { identify: require(auth), require, close };
  } catch (error) {
    void close();
    throw error;
  }
}

function compileMechanisms(
  auth: AuthDefinition,
  onEvent: ((event: AuthEvent) => void) | undefined,
  keySets: SharedKeySets,
  closers: (() => Promise<void>)[],
): Map<MechanismName, Mechanism> {
  const configured = new Map<MechanismName, Mechanism>();
  const sources = auth.tokensFrom.map(toSource);
  if (auth.mtls !== undefined) {
    const { source, subject, grants } = auth.mtls;
    configured.set('mtls', new MtlsMechanism({ source, subjects: subject, grants: grants.map(dropUndefined) }));
  }
  if (auth.jwt !== undefined) {
    const issuers = (Array.isArray(auth.jwt) ? auth.jwt : [auth.jwt]).map((issuer) => {
      const { thing: keys, release } = keySets.hold(keysOf(issuer), () => readKeys(issuer, onEvent));
      closers.push(release);
      return toIssuer(issuer, keys);
    });
    // Tokens that are not JWTs are the introspection endpoint's to judge, if there is one.
    const ignoreForeign = auth.introspection !== undefined;
    configured.set('jwt', new JwtMechanism({ issuers, sources, ignoreForeign, cacheTtlMs: auth.tokenCacheTtlMs }));
  }
  if (auth.apiKeys !== undefined) configured.set('api_keys', compileApiKeys(auth.apiKeys, closers));
  if (auth.introspection !== undefined) {
    const { endpoint, client, audience, claims, clockSkewMs, timeoutMs } = auth.introspection;
    const options = {
      endpoint,
      sources,
      clockSkewMs,
      timeoutMs,
      mapping: toMapping(claims),
      cache: toCache(auth.introspection),
    };
    const mechanism = new IntrospectionMechanism({
      ...options,
      client: toClientAuthentication(client, endpoint),
      ...(audience === undefined ? {} : { audience: toList(audience) }),
    });
    configured.set('introspection', mechanism);
  }
  for (const mechanism of configured.values()) closers.push(() => mechanism.close());
  return configured;
}

function pick(configured: ReadonlyMap<MechanismName, Mechanism>, name: MechanismName): Mechanism {
  const mechanism = configured.get(name);
  if (mechanism === undefined) throw new TypeError(`Cannot require "${name}": "auth.${name}" is not configured`);
  return mechanism;
}

type JwtDefinition = Exclude<NonNullable<AuthDefinition['jwt']>, readonly unknown[]>;

function keysOf({ issuer, jwks, jwksRefreshMs, jwksMaxAgeMs }: JwtDefinition): string {
  return JSON.stringify([issuer, jwks, jwksRefreshMs, jwksMaxAgeMs]);
}

function readKeys(
  { issuer, jwks, jwksRefreshMs, jwksMaxAgeMs }: JwtDefinition,
  onEvent: ((event: AuthEvent) => void) | undefined,
): KeySet {
  const load =
    jwks === undefined ? keysFromDiscovery(issuer) : /^https?:\/\//.test(jwks) ? keysFromUrl(jwks) : keysFromFile(jwks);
  return new KeySet(load, {
    refreshIntervalMs: jwksRefreshMs,
    maxAgeMs: jwksMaxAgeMs,
    ...(onEvent === undefined ? {} : { onEvent: (event) => onEvent({ ...event, issuer }) }),
  });
}

function toIssuer(
  { issuer, audience, algorithms, clockSkewMs, requiredClaims, claims }: JwtDefinition,
  keys: KeySet,
): JwtIssuer {
  const options = { issuer, keys, algorithms, clockSkewMs, requiredClaims, mapping: toMapping(claims) };
  return audience === undefined ? options : { ...options, audience: toList(audience) };
}

type ApiKeysDefinition = NonNullable<AuthDefinition['apiKeys']>;

function compileApiKeys(apiKeys: ApiKeysDefinition, closers: (() => Promise<void>)[]): ApiKeyMechanism {
  const { secret, file, redis, redisPrefix, service, serviceHeaders, timeoutMs, from } = apiKeys;
  // The config names exactly one of the three stores.
  let find: FindApiKey;
  let store = 'the store of API keys';
  if (file !== undefined) find = apiKeysOfFile(file);
  else if (service !== undefined) {
    store = service;
    find = apiKeysOfService(service, serviceHeaders, timeoutMs);
  } else {
    const connection = new RedisConnection({ kind: 'single', url: redis as string }, timeoutMs);
    closers.push(() => connection.close());
    find = apiKeysOfRedis(connection, redisPrefix);
  }
  return new ApiKeyMechanism({ secret, find, store, sources: from.map(toSource), cache: toCache(apiKeys) });
}

type ClientDefinition = NonNullable<AuthDefinition['introspection']>['client'];

/** @param url what is called; the audience of an assertion where the config names none. */
export function toClientAuthentication(client: ClientDefinition, url: string): ClientAuthentication {
  const { method, id, secret, privateKey, algorithm, keyId, audience } = client;
  if (method === 'private_key_jwt') {
    if (privateKey === undefined) throw new TypeError('Cannot use private_key_jwt: "private_key" is missing');
    const shared = {
      method,
      clientId: id,
      privateKey: readFileSync(privateKey, 'utf8'),
      algorithm,
      audience: audience ?? url,
    };
    return keyId === undefined ? shared : { ...shared, keyId };
  }
  if (secret === undefined) throw new TypeError(`Cannot use ${method}: "secret" is missing`);
  return { method, clientId: id, clientSecret: secret };
}

/** A token source as the config says it. */
export function toSource(source: AuthDefinition['tokensFrom'][number]): TokenSource {
  if ('header' in source) return { in: 'header', name: source.header, scheme: source.scheme };
  return 'cookie' in source ? { in: 'cookie', name: source.cookie } : { in: 'query', name: source.query };
}

function toMapping({ subject, scopes, roles, tier }: JwtDefinition['claims']): ClaimMapping {
  return { subject: toList(subject), scopes: toList(scopes), roles: toList(roles), tier: toList(tier) };
}

function toCache(
  lookup: Pick<ApiKeysDefinition, 'cacheTtlMs' | 'negativeCacheTtlMs' | 'onIdpFailure' | 'staleMaxMs'>,
): CredentialCacheOptions {
  const staleMs = lookup.onIdpFailure === 'stale' ? lookup.staleMaxMs : 0;
  return { ttlMs: lookup.cacheTtlMs, negativeTtlMs: lookup.negativeCacheTtlMs, staleMs };
}

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** `exactOptionalPropertyTypes`: a key of the config that is not given is not there. */
function dropUndefined<T extends { readonly tier?: string | undefined }>({
  tier,
  ...rest
}: T): Omit<T, 'tier'> & { readonly tier?: string } {
  return tier === undefined ? rest : { ...rest, tier };
}
