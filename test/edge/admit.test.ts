import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { admit } from '../../src/edge/admit.ts';
import type { Destination } from '../../src/edge/destination.ts';
import { defineEdge, headOf } from './edge-definition.ts';
import { createPrivateJwk, Issuer } from './identity/issuer.ts';
import { openScope } from './open-scope.ts';

const SECRET = 'the key of the keyed hash';
const ORDERS: Destination = { kind: 'rest', route: 'orders', path: '/api/orders' };
const GRAPHQL: Destination = { kind: 'graphql', route: '/graphql' };

describe('the admission of a request', () => {
  let folder = '';
  let issuer: Issuer;
  let bearer = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-admit-'));
    const hash = createHmac('sha256', SECRET).update('key-1').digest('hex');
    await writeFile(join(folder, 'keys.json'), JSON.stringify([{ id: 'robot', hash, roles: ['machine'] }]));
    issuer = await Issuer.start([await createPrivateJwk('one')]);
    bearer = `Bearer ${await issuer.token()}`;
  });
  after(async () => {
    await issuer.close();
    await rm(folder, { recursive: true });
  });

  const both = (more: object = {}) => ({
    api_keys: { secret: SECRET, file: join(folder, 'keys.json') },
    jwt: { issuer: issuer.url, algorithms: ['ES256'] },
    ...more,
  });
  function gate(t: TestContext, written: Parameters<typeof defineEdge>[0]) {
    const { edge, another, events } = openScope(t, defineEdge(written), headOf({}));
    const ask = async (destination: Destination, headers: Record<string, string> = {}) => {
      const scope = another(headOf(headers, { path: destination.path ?? destination.route }));
      const admission = await admit(scope, destination);
      return {
        scope,
        ...admission,
        code: admission.error?.code ?? 'OK',
        headers: new Headers(admission.headers.map(([n, v]) => [n, v])),
      };
    };
    return { edge, events, ask };
  }

  it('asks of a route what the route asks for, of others what all ask for', async (t) => {
    const { edge, ask } = gate(t, { auth: both({ optional: false }) });
    const open = { ...ORDERS, identify: edge.require({ mechanisms: ['jwt'], combine: 'any', optional: true }) };
    const strict = {
      ...ORDERS,
      identify: edge.require({ mechanisms: ['api_keys', 'jwt'], combine: 'all', optional: false }),
    };
    const key = { 'x-api-key': 'key-1' };
    assert.equal((await ask(ORDERS)).code, 'UNAUTHENTICATED');
    assert.equal((await ask(GRAPHQL)).code, 'UNAUTHENTICATED');
    assert.equal((await ask(open)).code, 'OK');
    assert.equal((await ask(open, { authorization: 'Bearer x' })).code, 'UNAUTHENTICATED');
    assert.equal((await ask(open, key)).scope.identity, null, 'a key is none of its mechanisms');
    assert.equal((await ask(ORDERS, key)).scope.identity?.subject, 'robot');
    assert.equal((await ask(strict, key)).code, 'UNAUTHENTICATED');
    const whole = await ask(strict, { ...key, authorization: bearer });
    assert.equal(whole.scope.identity?.kind, 'api_key', 'the first of the order gives the subject');
    assert.deepEqual(whole.scope.identity?.scopes, ['read']);
    assert.throws(() => edge.require({ mechanisms: ['mtls'], combine: 'any', optional: true }), TypeError);
  });

  it('judges routes and GraphQL by their own policies, by the path that is sent on', async (t) => {
    const rules = [
      { id: 'no-admin', effect: 'deny', match: { paths: ['/api/admin/**'] } },
      { id: 'machines', effect: 'allow', match: { routes: ['orders'] }, when: { roles_any: ['machine'] } },
      { id: 'graphql-off', effect: 'deny', match: { kinds: ['graphql'] } },
    ];
    const { ask, events } = gate(t, { auth: both({ policies: { rules } }) });
    const key = { 'x-api-key': 'key-1' };
    assert.equal((await ask(ORDERS, key)).code, 'OK');
    assert.equal((await ask(ORDERS)).code, 'UNAUTHENTICATED');
    assert.equal((await ask(ORDERS, { authorization: bearer })).code, 'FORBIDDEN');
    assert.equal((await ask({ ...ORDERS, path: '/api/admin/users' }, key)).code, 'FORBIDDEN');
    assert.equal((await ask(GRAPHQL, key)).code, 'FORBIDDEN');
    assert.equal((await ask({ kind: 'rest', route: 'other' })).code, 'OK');
    const denied = events
      .filter(({ type }) => type === 'policy_denied')
      .map((event) => ('policy' in event ? event.policy : ''));
    assert.deepEqual(denied, ['machines', 'machines', 'no-admin', 'graphql-off']);
  });

  it('counts routes by their names, and takes their limits at once though GraphQL waits for its operation', async (t) => {
    const limits = [
      { name: 'orders', max: 2, window: '1h', by: ['route', 'address'], match: { kinds: ['rest'] } },
      { name: 'cost', max: 10, window: '1h', cost: 'operation' },
    ];
    const { ask } = gate(t, { rate_limit: { limits } });
    const first = await ask(ORDERS);
    assert.equal(first.headers.get('ratelimit-policy'), '"orders";q=2;w=3600, "cost";q=10;w=3600');
    assert.equal((await ask(ORDERS)).code, 'OK');
    const third = await ask(ORDERS);
    assert.deepEqual([third.code, third.headers.has('retry-after')], ['RATE_LIMITED', true]);
    assert.equal((await ask({ kind: 'rest', route: 'other' })).code, 'OK');
    const graphql = await ask(GRAPHQL);
    assert.equal(graphql.headers.get('ratelimit-policy'), null, 'nothing is taken yet');
    const pass = (operationCost: number) => graphql.scope.operationGate?.pass({ operationCost });
    assert.equal(await pass(7), undefined);
    assert.equal(
      (await pass(1))?.error.code,
      'RATE_LIMITED',
      'another operation of the same request: three routes and seven are ten',
    );
  });

  it('refuses what is sure to be refused before it looks at a credential', async (t) => {
    const limits = [{ name: 'address', max: 1, window: '1h' }];
    const { ask, events } = gate(t, { auth: both(), rate_limit: { limits } });
    assert.equal((await ask(ORDERS)).code, 'OK');
    for (const destination of [ORDERS, GRAPHQL]) {
      assert.equal((await ask(destination, { authorization: 'Bearer x' })).code, 'RATE_LIMITED');
    }
    assert.ok(!events.some(({ type }) => type === 'access_refused'));
  });

  it('counts a refused request in the limits of its client only, and in all that see refused ones', async (t) => {
    const limits = [
      { name: 'user', by: 'user', max: 2, window: '1h' },
      { name: 'all', by: 'global', max: 1, window: '1h' },
      { name: 'machines', by: 'tier', max: 1, window: '1h' },
    ];
    const { ask } = gate(t, { auth: both(), rate_limit: { limits } });
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push((await ask(ORDERS, { 'x-api-key': `guess-${i}` })).code);
    assert.deepEqual(codes, ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
    assert.equal((await ask(ORDERS, { 'x-api-key': 'key-1' })).code, 'OK', 'a user that is known is counted as such');
  });

  it('does not hold it against a client that its issuer is away', async (t) => {
    const jwt = { issuer: 'http://127.0.0.1:9', jwks: 'http://127.0.0.1:9/jwks' };
    const limits = [{ name: 'address', max: 1, window: '1h' }];
    const { ask } = gate(t, { auth: { jwt }, rate_limit: { limits } });
    const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"iss":"http://127.0.0.1:9"}').toString('base64url')}.AAAA`;
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await ask(ORDERS, { authorization: `Bearer ${token}` })).code, 'UPSTREAM_UNAVAILABLE');
    }
  });
});
