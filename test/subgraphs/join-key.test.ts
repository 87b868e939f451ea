import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { auth } from '../../src/config/schema/identity.ts';
import type { Identity, RequestContext } from '../../src/edge/request-context.ts';
import { createBackgroundContext } from '../../src/subgraphs/background-context.ts';
import { compileJoinKey } from '../../src/subgraphs/join-key.ts';
import { graphqlUpstreamConfig } from './graphql/graphql-upstream-config.ts';

const forwarding = (headers: Record<string, string>): Config['auth'] => auth.parse({ forward: { headers } });
const context = (given: Partial<RequestContext>): RequestContext => ({
  ...createBackgroundContext(new AbortController().signal),
  ...given,
});
const ada: Identity = { subject: 'ada', kind: 'jwt', scopes: [], roles: [], claims: {}, tier: 'gold' };
const alan: Identity = { ...ada, subject: 'alan' };

/** Whether two requests may share one. */
function areJoined(
  keys: Record<string, unknown>,
  one: Partial<RequestContext>,
  other: Partial<RequestContext>,
  forward = forwarding({}),
): boolean {
  const key = compileJoinKey(graphqlUpstreamConfig('http://users.test/graphql', keys), forward);
  return key(context(one)) === key(context(other));
}

test('what the upstream is not shown keeps no queries apart', () => {
  const one = {
    headers: { cookie: 'a', 'user-agent': 'x', 'x-tenant': '1' },
    clientAddress: '10.0.0.1',
    identity: ada,
  };
  const other = { headers: { cookie: 'b' }, clientAddress: '10.0.0.2', identity: alan, requestId: '2', deadlineMs: 1 };
  assert.ok(areJoined({}, one, other));
});

test('headers that are forwarded keep queries apart, whatever the rule', () => {
  const tenants = [{ headers: { 'x-tenant': '1' } }, { headers: { 'x-tenant': '2' } }] as const;
  for (const rule of ['X-Tenant', { name: 'X-Tenant', as: 'X-Other' }, { matching: '^x-' }]) {
    assert.ok(!areJoined({ headers: { forward: [rule] } }, ...tenants), JSON.stringify(rule));
    assert.ok(areJoined({ headers: { forward: [rule] } }, tenants[0], { headers: { 'x-tenant': '1', cookie: 'a' } }));
  }
  const two = { headers: { forward: ['a', 'b'] } };
  assert.ok(!areJoined(two, { headers: { a: 'x' } }, { headers: { b: 'x' } }), 'a value is not a name');
  assert.ok(!areJoined(two, { headers: { a: 'x', b: 'y' } }, { headers: { a: 'x,"b","y' } }));
});

test("clients' tokens keep queries apart where they go on or are exchanged", () => {
  const tokens = [{ headers: { authorization: 'Bearer a' } }, { headers: { authorization: 'Bearer b' } }] as const;
  assert.ok(areJoined({}, ...tokens));
  assert.ok(!areJoined({ auth: { pass_token: true } }, ...tokens));
  const endpoint = { token_endpoint: 'https://issuer.test/token', client: { id: 'gateway', secret: 'shh' } };
  const exchange = { auth: { token_exchange: endpoint } };
  assert.ok(!areJoined(exchange, ...tokens));
  const byCookie = auth.parse({ tokens_from: [{ cookie: 'token' }] });
  assert.ok(!areJoined(exchange, { headers: { cookie: 'token=a' } }, { headers: { cookie: 'token=b' } }, byCookie));
  assert.ok(areJoined(exchange, { headers: { cookie: 'token=a' } }, { headers: { cookie: 'token=a; x=1' } }, byCookie));
});

test('identities keep queries apart where the gateway tells upstreams who asks', () => {
  const subject = forwarding({ 'X-User': 'subject' });
  assert.ok(!areJoined({}, { identity: ada }, { identity: alan }, subject));
  assert.ok(!areJoined({}, { identity: ada }, { identity: null }, subject));
  assert.ok(areJoined({}, { identity: ada }, { identity: { ...ada } }, subject));
  assert.ok(areJoined({}, { clientAddress: '10.0.0.1' }, { clientAddress: '10.0.0.2' }, subject));
  assert.ok(areJoined({ auth: { identity: false } }, { identity: ada }, { identity: alan }, subject));
  const address = forwarding({ 'X-Client': 'client_address' });
  assert.ok(!areJoined({}, { clientAddress: '10.0.0.1' }, { clientAddress: '10.0.0.2' }, address));
});

test('clients of an upstream that answers by client share only their own queries', () => {
  for (const keys of [
    {
      url: undefined,
      endpoints: [{ url: 'http://a.test' }, { url: 'http://b.test', version: 'v2' }],
      canary: { version: 'v2', pin: { header: 'X-Version' } },
    },
    { balance: { affinity: { secret: 'sixteen bytes and more' } } },
    { balance: { algorithm: 'hash', hash_by: 'header:X-Version' } },
  ]) {
    assert.ok(!areJoined(keys, { identity: ada }, { identity: alan }));
    assert.ok(!areJoined(keys, { headers: { cookie: 'a' } }, { headers: { cookie: 'b' } }));
    assert.ok(!areJoined(keys, { clientAddress: '10.0.0.1' }, { clientAddress: '10.0.0.2' }));
    if (JSON.stringify(keys).includes('X-Version')) {
      assert.ok(!areJoined(keys, { headers: { 'x-version': 'v1' } }, { headers: { 'x-version': 'v2' } }));
    }
  }
});

test('tiers that wait for each other share no queries', () => {
  assert.ok(!areJoined({}, { identity: ada }, { identity: { ...ada, tier: 'free' } }));
  assert.ok(areJoined({ concurrency: false }, { identity: ada }, { identity: { ...ada, tier: 'free' } }));
});
