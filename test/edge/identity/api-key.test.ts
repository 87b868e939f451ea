import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { auth } from '../../../src/config/schema/identity.ts';
import { hashApiKey } from '../../../src/edge/identity/api-key.ts';
import { readApiKeyRecords } from '../../../src/edge/identity/api-key-record.ts';
import { apiKeysOfFile } from '../../../src/edge/identity/api-key-stores.ts';
import { type Authenticator, compileAuth } from '../../../src/edge/identity/compile-auth.ts';
import { type Outcome, Refusal } from '../../../src/edge/identity/outcome.ts';
import type { Identity } from '../../../src/edge/request-context.ts';
import { RedisServer, skipRedis } from '../../redis-server.ts';
import { JsonServer } from '../json-server.ts';

const SECRET = 'a secret of the gateway';
const hash = (key: string) => hashApiKey(SECRET, key);
const offer = (key: string) => ({ headers: { 'x-api-key': key } });

function assertRefused(outcome: Outcome, code = 'UNAUTHENTICATED'): void {
  assert.ok(outcome instanceof Refusal);
  assert.equal(outcome.error.code, code);
}

describe('API keys', () => {
  let directory: string;
  const open: Authenticator[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weir-keys-'));
  });
  after(async () => {
    await Promise.all(open.map((authenticator) => authenticator.close()));
    await rm(directory, { recursive: true });
  });

  function authenticate(store: Record<string, unknown>): Authenticator {
    const authenticator = compileAuth(auth.parse({ api_keys: { secret: SECRET, ...store }, optional: false }));
    open.push(authenticator);
    return authenticator;
  }
  async function writeKeys(text: string): Promise<string> {
    const path = join(directory, `${Math.random()}.yaml`);
    await writeFile(path, text);
    return path;
  }

  it('of a file give the identity of their client, the old and the new one while a client changes over', async () => {
    const file = await writeKeys(`
- id: orders
  subject: service:orders
  scopes: [read]
  roles: [service]
  tier: gold
  claims: { tenant: shop }
  keys:
    - { hash: ${hash('old-key')}, expires: 2999-01-01T00:00:00Z }
    - { hash: ${hash('new-key')} }
    - { hash: ${hash('dead-key')}, expires: 2020-01-01T00:00:00Z }
`);
    const { identify } = authenticate({ file });
    for (const [index, key] of ['old-key', 'new-key'].entries()) {
      assert.deepEqual(await identify(offer(key)), {
        subject: 'service:orders',
        kind: 'api_key',
        scopes: ['read'],
        roles: ['service'],
        tier: 'gold',
        claims: { tenant: 'shop' },
        credentialId: `orders#${index + 1}`,
        ...(key === 'old-key' ? { expiresAtMs: Date.parse('2999-01-01T00:00:00Z') } : {}),
      });
      assert.ok(!(identify(offer(key)) instanceof Promise), 'known now');
    }
    for (const key of ['dead-key', 'guess', hash('new-key'), ' ', 'new-key ']) {
      const outcome = await identify(offer(key));
      if (key === 'new-key ') assert.ok(!(outcome instanceof Refusal), 'blanks around a field are none of it');
      else assertRefused(outcome);
    }
    const missing = await identify({ headers: {} });
    assert.ok(missing instanceof Refusal);
    assert.equal(missing.wwwAuthenticate, 'ApiKey realm="weir"');
  });

  it('are looked up by their hash alone at a service, and 404 is no', async (t) => {
    const server = await JsonServer.start(({ path }) =>
      path === `/keys/${hash('good')}` ? { body: { id: 'one', roles: ['x'] } } : { status: 404, body: {} },
    );
    t.after(() => server.close());
    const { identify } = authenticate({
      service: `${server.url}/keys`,
      service_headers: { authorization: 'Bearer s' },
    });
    assert.equal(((await identify(offer('good'))) as Identity).subject, 'one');
    for (let i = 0; i < 3; i += 1) assertRefused(await identify(offer('bad')));
    assert.equal(server.received.length, 2, 'each is asked for once');
    assert.equal(server.received[0]?.headers.authorization, 'Bearer s');
    assert.ok(!JSON.stringify(server.received).includes('good'));
  });

  it('are not judged where the service fails: 503, and a record of another hash opens nothing', async (t) => {
    const server = await JsonServer.start(() => ({ status: 500, body: {} }));
    t.after(() => server.close());
    const { identify } = authenticate({ service: server.url });
    assertRefused(await identify(offer('good')), 'UPSTREAM_UNAVAILABLE');
    server.answer = () => ({ body: { id: 'mixed-up', hash: hash('other') } });
    assertRefused(await identify(offer('good')));
  });

  it('of a Redis give the identity of their client', { skip: skipRedis }, async (t) => {
    const redis = await RedisServer.start();
    const client = new Redis(redis.url);
    t.after(async () => {
      client.disconnect();
      await redis.close();
    });
    await client.set(`weir:api-key:${hash('good')}`, JSON.stringify({ id: 'one', scopes: ['a'] }));
    const authenticator = authenticate({ redis: redis.url, negative_cache_ttl: '1ms' });
    let outcome = await authenticator.identify(offer('good'));
    // The connection may not be up yet: the key is not judged until it is.
    while (outcome instanceof Refusal) {
      assert.equal(outcome.error.code, 'UPSTREAM_UNAVAILABLE');
      await new Promise((resolve) => setTimeout(resolve, 20));
      outcome = await authenticator.identify(offer('good'));
    }
    assert.deepEqual(outcome?.scopes, ['a']);
    assertRefused(await authenticator.identify(offer('bad')));
    await authenticator.close();
  });

  it('are refused at the start where the file says nonsense', async () => {
    for (const text of [
      '{}',
      '- {}',
      '- { id: a }',
      '- { id: a, hash: zz }',
      `- { id: a, hash: ${hash('k')}, scopes: read }`,
      `- { id: a, hash: ${hash('k')}, expires: soon }`,
    ]) {
      const file = await writeKeys(text);
      assert.throws(() => apiKeysOfFile(file), TypeError, text);
    }
    const twice = await writeKeys(`- { id: a, hash: ${hash('k')} }\n- { id: b, hash: ${hash('k')} }`);
    assert.throws(() => apiKeysOfFile(twice), /the hash of another/);
  });

  it('take hostile names of a record as data', () => {
    const [record] = readApiKeyRecords(
      JSON.parse(`{"id":"a","hash":"${hash('k')}","claims":{"__proto__":{"roles":["root"]}}}`),
    );
    assert.deepEqual(record?.roles, []);
    assert.equal(Object.getPrototypeOf({}).roles, undefined);
  });
});
