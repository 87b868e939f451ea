import * as z from 'zod';
import { path } from './path.ts';
import { policies } from './policies.ts';
import { duration, type SectionRule, section } from './section.ts';

const name = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header or cookie name');
const oneOrMore = (description: string) =>
  z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe(description);

/** Where a credential is looked for. */
const source = z.union([
  z.strictObject({
    header: name.describe('Name of the header'),
    scheme: z
      .string()
      .default('')
      .describe('Scheme before the credential, such as "Bearer"; default: the value is the credential'),
  }),
  z.strictObject({ cookie: name.describe('Name of the cookie') }),
  z.strictObject({ query: z.string().min(1).describe('Name of the query parameter; it is not sent to upstreams') }),
]);

const claims = section({
  subject: oneOrMore('Path to the subject').default('sub'),
  scopes: oneOrMore('Paths to the scopes: a text with spaces, or a list').default(['scope', 'scp']),
  roles: oneOrMore('Paths to the roles: a text with spaces, or a list').default('roles'),
  tier: oneOrMore('Path to the tier').default('tier'),
});

const algorithm = z.enum([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]);

const jwt = section({
  issuer: z.string().min(1).describe('Required `iss`'),
  audience: oneOrMore('Accepted `aud`, one or several; default: any').optional(),
  jwks: path(
    'file-or-url',
    'URL or file of the JSON Web Key Set (RFC 7517); default: found by OpenID Connect Discovery',
  ).optional(),
  algorithms: z
    .array(algorithm)
    .min(1)
    .default(['RS256', 'ES256', 'EdDSA', 'Ed25519'])
    .describe('Accepted signature algorithms (RFC 7518); symmetric ones and `none` are never'),
  clock_skew: duration('Tolerance for `exp` and `nbf`', { max: '5m' }).prefault('5s'),
  required_claims: z.array(z.string().min(1)).default([]).describe('Claims that must be there beside `iss` and `exp`'),
  claims: claims.prefault({}).describe('Where the claims hold what; `.` between steps'),
  jwks_refresh: duration('Time between reads of the keys', { min: '1s' }).prefault('10m'),
  jwks_max_age: duration('How long keys are used that cannot be read again', { min: '1s' }).prefault('24h'),
});

const hasItsProof: SectionRule = {
  check({ method, secret, private_key }) {
    const key = method === 'private_key_jwt' ? 'private_key' : 'secret';
    if ((key === 'secret' ? secret : private_key) !== undefined) return undefined;
    return {
      message: `The gateway proves itself by "${key}", which is missing`,
      hint: `Add \`${key}:\`, or another \`method:\``,
    };
  },
};

const clientAuthentication = section(
  {
    method: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
      .default('client_secret_basic')
      .describe('How the gateway proves itself (RFC 6749 §2.3, RFC 7523 §2.2)'),
    id: z.string().min(1).describe('Client id'),
    secret: z.string().min(1).optional().describe('Client secret'),
    private_key: path('file', 'File of the private key: PKCS #8 in PEM, or a JWK').optional(),
    algorithm: algorithm.default('ES256').describe('Algorithm of the private key'),
    key_id: z.string().optional().describe('`kid` of the private key'),
    audience: z.string().optional().describe('`aud` of the assertion; default: the URL that is called'),
  },
  hasItsProof,
);

const lookupCache = {
  cache_ttl: duration('How long an accepted credential is believed; a revocation is seen after it').prefault('60s'),
  negative_cache_ttl: duration('How long a refused one is refused without asking').prefault('10s'),
  on_idp_failure: z
    .enum(['deny', 'stale'])
    .default('deny')
    .describe('When nobody can be asked: refuse with 503, or believe what was known'),
  stale_max: duration('With `stale`: how long beyond `cache_ttl`').prefault('5m'),
  timeout: duration('Longest wait for an answer', { min: '1ms' }).prefault('2s'),
};

const oneStore: SectionRule = {
  check({ file, redis, service }) {
    const count = [file, redis, service].filter((store) => store !== undefined).length;
    if (count === 1) return undefined;
    const got = count === 0 ? 'none' : 'several';
    return {
      message: `Exactly one of "file", "redis" and "service" must be given, got ${got}`,
      hint: 'Say where the keys are looked up',
    };
  },
};

const apiKeys = section(
  {
    secret: z.string().min(16).describe('Key of the HMAC-SHA-256 by which API keys are stored and looked up'),
    file: path(
      'file',
      'YAML or JSON list of clients: `{ id, subject, scopes, roles, tier, keys: [{ hash, expires }] }`',
    ).optional(),
    redis: z.string().optional().describe('redis:// URL; a client is JSON under `<prefix><hash>`'),
    redis_prefix: z.string().default('weir:api-key:').describe('Prefix of the keys in Redis'),
    service: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('`GET <service>/<hash>` answers with the client, or 404'),
    service_headers: z.record(name, z.string()).default({}).describe('Headers sent to the service'),
    from: z
      .array(source)
      .min(1)
      .default([{ header: 'x-api-key', scheme: '' }])
      .describe('Where the key is looked for'),
    ...lookupCache,
  },
  oneStore,
);

const introspection = section({
  endpoint: z.url({ protocol: /^https?$/ }).describe('Introspection endpoint (RFC 7662)'),
  client: clientAuthentication.describe('How the gateway proves itself to it'),
  audience: oneOrMore('Accepted `aud`, one or several; default: any').optional(),
  clock_skew: duration('Tolerance for `exp` and `nbf`', { max: '5m' }).prefault('5s'),
  claims: claims.prefault({}).describe('Where the answer holds what; `.` between steps'),
  ...lookupCache,
});

const grant = z.strictObject({
  match: z.string().min(1).describe('Subject; `*` at the end stands for any rest'),
  scopes: z.array(z.string()).default([]).describe('Scopes of such clients'),
  roles: z.array(z.string()).default([]).describe('Roles of such clients'),
  tier: z.string().optional().describe('Tier of such clients'),
});

const mtls = section({
  source: z
    .enum(['tls', 'client-cert', 'xfcc'])
    .default('tls')
    .describe(
      'The TLS connection; or, from trusted proxies only, `Client-Cert` (RFC 9440) or `X-Forwarded-Client-Cert`',
    ),
  subject: z
    .array(z.enum(['spiffe', 'uri', 'dns', 'email', 'common_name', 'subject']))
    .min(1)
    .default(['spiffe', 'dns', 'common_name'])
    .describe('What becomes the subject; the first that the certificate has'),
  grants: z.array(grant).default([]).describe('What clients may do; if there are any, others are refused'),
});

const MECHANISMS = ['jwt', 'api_keys', 'introspection', 'mtls'] as const;

/** What GraphQL or a route asks of its clients. */
export const requirement = {
  mechanisms: z
    .array(z.enum(MECHANISMS))
    .optional()
    .describe('Tried in this order; default: all that are configured: mtls, jwt, api_keys, introspection'),
  combine: z.enum(['any', 'all']).default('any').describe('Whether one identity suffices'),
  optional: z.boolean().default(true).describe('Whether clients without any credential pass as anonymous'),
};

const signedIdentity = section({
  header: name.default('X-Weir-Identity').describe('Header that carries the token'),
  private_key: path('file', 'File of the private key: PKCS #8 in PEM, or a JWK'),
  algorithm: algorithm.default('ES256').describe('Algorithm of the private key'),
  key_id: z.string().optional().describe('`kid` of the token; default: the thumbprint of the key (RFC 7638)'),
  jwks_path: z
    .string()
    .startsWith('/')
    .default('/.well-known/weir/jwks.json')
    .describe('Where the gateway serves the key set that upstreams verify by'),
  issuer: z.string().default('weir').describe('`iss` of the token'),
  ttl: duration('Life of the token', { min: '1s', max: '10m' }).prefault('60s'),
});

const forward = section({
  headers: z
    .record(
      name,
      z.string().regex(/^(subject|kind|scopes|roles|tier|credential_id|request_id|client_address|claim:.+)$/),
    )
    .default({})
    .describe(
      "Headers sent to upstreams and what they hold: subject, kind, scopes, roles, tier, credential_id, request_id, client_address or claim:<path>; clients' own copies are removed",
    ),
  signed: signedIdentity
    .optional()
    .describe('A short-lived JWT that the gateway signs, with the upstream as its audience'),
});

const mechanismsAreConfigured: SectionRule = {
  check(written) {
    const { mechanisms } = written;
    if (!Array.isArray(mechanisms)) return undefined;
    const at = mechanisms.findIndex((name: unknown) => isMechanism(name) && written[name] === undefined);
    if (at === -1) return undefined;
    return {
      message: 'A mechanism can be required only where it is configured, and this one is not',
      path: ['mechanisms', at],
      hint: 'Configure it beside `mechanisms:`, or remove it from the list',
    };
  },
};

function isMechanism(name: unknown): name is (typeof MECHANISMS)[number] {
  return (MECHANISMS as readonly unknown[]).includes(name);
}

/** `auth:` of gateway.yaml. */
export const auth = section(
  {
    jwt: z
      .union([jwt, z.array(jwt).min(1)])
      .optional()
      .describe('Issuers of JSON Web Tokens; default: none is accepted'),
    tokens_from: z
      .array(source)
      .min(1)
      .default([{ header: 'authorization', scheme: 'Bearer' }])
      .describe('Where tokens are looked for, JWTs and opaque ones; the first found counts'),
    token_cache_ttl: duration('Longest time that a verified JWT is remembered; never beyond its `exp`').prefault('5m'),
    api_keys: apiKeys.optional().describe('API keys; default: none is accepted'),
    introspection: introspection.optional().describe('Opaque tokens; default: none is accepted'),
    mtls: mtls.optional().describe('Client certificates; default: not looked at'),
    ...requirement,
    forward: forward.prefault({}).describe('What upstreams learn of the client'),
    policies: policies.prefault({}).describe('Who may do what'),
  },
  mechanismsAreConfigured,
);

/** Only one `Authorization` can be sent. */
const passesOneToken: SectionRule = {
  check({ pass_token, token_exchange, client_credentials }) {
    if (pass_token !== true || (token_exchange === undefined && client_credentials === undefined)) return undefined;
    return {
      message: 'The token of the client must not be passed where the gateway sends one of its own, got both',
      path: ['pass_token'],
      hint: 'Remove "pass_token", or "client_credentials" and "token_exchange"',
    };
  },
};

/** `auth:` of an upstream: what the gateway shows of itself and of the client. */
export const upstreamAuth = section(
  {
    headers: z.record(name, z.string()).default({}).describe('Fixed headers, such as an API key of the gateway'),
    client_credentials: section({
      token_endpoint: z.url({ protocol: /^https?$/ }).describe('Token endpoint (RFC 6749 §4.4)'),
      client: clientAuthentication.describe('How the gateway proves itself to it'),
      scopes: z.array(z.string()).default([]).describe('Scopes asked for'),
      audience: z.string().optional().describe('`audience` parameter'),
    })
      .optional()
      .describe("A token of the gateway's own, renewed before it ends"),
    token_exchange: section({
      token_endpoint: z.url({ protocol: /^https?$/ }).describe('Token endpoint (RFC 8693)'),
      client: clientAuthentication.describe('How the gateway proves itself to it'),
      scopes: z.array(z.string()).default([]).describe('Scopes asked for'),
      audience: z.string().optional().describe('`audience` parameter'),
    })
      .optional()
      .describe("A token for this upstream in exchange for the client's"),
    pass_token: z.boolean().default(false).describe("Send the client's own `Authorization`"),
    identity: z.boolean().default(true).describe('Send what `auth.forward` of gateway.yaml says'),
  },
  passesOneToken,
);

export type AuthDefinition = z.output<typeof auth>;
export type UpstreamAuthDefinition = z.output<typeof upstreamAuth>;
