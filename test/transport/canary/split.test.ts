import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Identity } from '../../../src/edge/request-context.ts';
import { bucketOf } from '../../../src/transport/canary/bucket.ts';
import { type CanarySettings, CanarySplit } from '../../../src/transport/canary/canary-split.ts';
import { contextOf } from '../request-context.ts';
import { seeded } from '../seeded.ts';

const SETTINGS: CanarySettings = {
  version: 'v2',
  weight: 0,
  salt: 'catalog',
  key: ['user', 'api_key', 'cookie', 'address'],
  cookie: 'session',
};
const split = (settings: Partial<CanarySettings> = {}) => new CanarySplit({ ...SETTINGS, ...settings }, seeded(1));
const identity = (facts: Partial<Identity>): Identity => ({
  subject: 'u1',
  kind: 'jwt',
  scopes: [],
  roles: [],
  claims: {},
  ...facts,
});

test('raising the weight never moves a client back', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 10 }),
      (salt, subject, weights) => {
        const canary = split({ salt });
        const context = contextOf({ identity: identity({ subject }) });
        let before = 'stable';
        for (const weight of weights.toSorted((a, b) => a - b)) {
          canary.weight = weight;
          const side = canary.choose(context);
          assert.ok(before === 'stable' || side === 'canary', `moved back at ${weight} %`);
          before = side;
        }
      },
    ),
  );
});

for (const weight of [0, 1, 5, 25, 50, 100]) {
  test(`a weight of ${weight} % is that share of the clients`, () => {
    const canary = split({ weight });
    const clients = 50_000;
    let on = 0;
    for (let i = 0; i < clients; i++) {
      if (canary.choose(contextOf({ identity: identity({ subject: `user-${i}` }) })) === 'canary') on++;
    }
    assert.ok(Math.abs((on / clients) * 100 - weight) <= 0.6, `got ${(on / clients) * 100} %`);
  });
}

test('another salt draws other clients', () => {
  const of = (salt: string) => Array.from({ length: 1_000 }, (_, i) => bucketOf(salt, `user ${i}`) < 5_000);
  const one = of('a');
  const same = of('b').filter((on, i) => on === one[i]).length;
  assert.ok(same > 400 && same < 600, `got ${same}`);
});

test('the client is its user, else its API key, else its cookie, else its address', () => {
  const canary = split({ weight: 50 });
  const side = (facts: Parameters<typeof contextOf>[0]) => canary.choose(contextOf(facts));
  const cookie = { cookie: 'session=abc' };
  for (let i = 0; i < 50; i++) {
    const clientAddress = `192.0.2.${i}`;
    const user = identity({ subject: 'u1' });
    assert.equal(
      side({ identity: user, headers: { cookie: `session=${i}` }, clientAddress }),
      side({ identity: user }),
    );
    const key = identity({ kind: 'api_key', subject: 'app', credentialId: 'key-1' });
    assert.equal(side({ identity: key, headers: { cookie: `session=${i}` }, clientAddress }), side({ identity: key }));
    assert.equal(side({ headers: cookie, clientAddress }), side({ headers: cookie }));
  }
  const sides = new Set(Array.from({ length: 50 }, (_, i) => side({ clientAddress: `198.51.100.${i}` })));
  assert.equal(sides.size, 2);
});

test('only trusted clients pin a version', () => {
  const pin = {
    header: 'X-Weir-Version',
    cookie: 'v',
    roles: ['tester'],
    scopes: ['canary'],
    addresses: ['10.0.0.0/8', '2001:db8::1'],
  };
  const canary = split({ weight: 0, pin });
  const headers = { 'x-weir-version': 'v2' };
  assert.equal(canary.choose(contextOf({ headers })), 'stable');
  assert.equal(canary.choose(contextOf({ headers, identity: identity({ roles: ['user'] }) })), 'stable');
  assert.equal(canary.choose(contextOf({ headers, identity: identity({ roles: ['tester'] }) })), 'canary');
  assert.equal(canary.choose(contextOf({ headers, identity: identity({ scopes: ['canary'] }) })), 'canary');
  assert.equal(canary.choose(contextOf({ headers, clientAddress: '10.1.2.3' })), 'canary');
  assert.equal(canary.choose(contextOf({ headers, clientAddress: '2001:db8::1' })), 'canary');
  assert.equal(canary.choose(contextOf({ headers: { cookie: 'v=v2' }, clientAddress: '10.1.2.3' })), 'canary');
  canary.weight = 100;
  assert.equal(canary.choose(contextOf({ headers: { 'x-weir-version': 'v1' }, clientAddress: '10.1.2.3' })), 'stable');
});
