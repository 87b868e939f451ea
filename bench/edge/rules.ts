import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://issuer.example';

/** The rules that are measured: tokens of one issuer, one policy, three limits in memory. */
export interface RuledGateway {
  /** gateway.json without rules, and with them. */
  readonly plain: string;
  readonly ruled: string;
  /** Value of `Authorization` that the rules let pass. */
  readonly authorization: string;
}

/** Writes both gateways, on one subgraph of local code, into a new folder. */
export async function writeGateways(): Promise<RuledGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-edge-'));
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ scope: 'read write', roles: ['clerk'], tenant: 'shop' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience('shop')
    .setSubject('ada')
    .setExpirationTime('1h')
    .sign(privateKey);
  // More than can be asked for in a run: what is measured is a request that passes.
  const limit = { max: 1_000_000_000, window: '1h' };
  const rules = {
    auth: {
      jwt: { issuer: ISSUER, audience: 'shop', algorithms: ['ES256'], jwks: 'jwks.json' },
      optional: false,
      policies: {
        rules: [{ id: 'readers', effect: 'allow', when: { scopes_any: ['read'], claims: { tenant: 'shop' } } }],
      },
    },
    rate_limit: {
      limits: [
        { name: 'address', by: 'address', ...limit },
        { name: 'user', by: 'user', algorithm: 'token_bucket', ...limit },
        { name: 'all', by: 'global', ...limit },
      ],
    },
  };
  const common = { upstreams: ['greeting.json'], telemetry: { access_log: false, log_level: 'warn' } };
  mkdirSync(folder, { recursive: true });
  const files = {
    'jwks.json': JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] }),
    'greeting.graphql': 'type Query { hello: String }',
    'greeting.mjs': "export default { Query: { hello: () => 'world' } };",
    'greeting.json': JSON.stringify({ kind: 'local', schema: 'greeting.graphql', resolvers: 'greeting.mjs' }),
    'plain.json': JSON.stringify(common),
    'ruled.json': JSON.stringify({ ...common, ...rules }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { plain: join(folder, 'plain.json'), ruled: join(folder, 'ruled.json'), authorization: `Bearer ${token}` };
}
