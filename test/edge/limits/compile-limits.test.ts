import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateLimit } from '../../../src/config/schema/limits.ts';
import { compileLimits, createLimiter } from '../../../src/edge/limits/compile-limits.ts';
import { compileLimitKey, type LimitFacts, networkOf } from '../../../src/edge/limits/limit-key.ts';
import { MemoryLimiter } from '../../../src/edge/limits/memory-limiter.ts';
import type { Identity } from '../../../src/edge/request-context.ts';

const ada: Identity = {
  subject: 'ada',
  kind: 'jwt',
  scopes: [],
  roles: [],
  claims: { tenant: 'shop', org: { id: 7 } },
  tier: 'gold',
};
const facts = (more: Partial<LimitFacts> = {}): LimitFacts => ({
  kind: 'graphql',
  method: 'POST',
  route: '/graphql',
  clientAddress: '198.51.100.7',
  identity: ada,
  headers: { 'x-device': 'd1' },
  operationName: 'Checkout',
  ...more,
});
const compile = (...limits: Record<string, unknown>[]) => compileLimits(rateLimit.parse({ limits }).limits).toDemands;
const limit = (more: Record<string, unknown> = {}) => ({ name: 'l', max: 10, window: '1m', ...more });

describe('limit keys', () => {
  it('name whom is counted', () => {
    const key = (by: string | string[], more?: Partial<LimitFacts>) => compileLimitKey(by)(facts(more));
    assert.equal(key('address'), 'address:198.51.100.7');
    assert.equal(key('user'), 'user:ada');
    assert.equal(key('claim:tenant'), 'claim:shop');
    assert.equal(key('claim:org.id'), 'claim:7');
    assert.equal(key('route'), '/graphql');
    assert.equal(key('operation'), 'Checkout');
    assert.equal(key('tier'), 'gold');
    assert.equal(key('global'), '');
    assert.equal(key('header:X-Device'), 'header:d1');
    assert.equal(key('api_key', { identity: { ...ada, kind: 'api_key', credentialId: 'k1' } }), 'key:k1');
    assert.throws(() => key('shoe-size'), TypeError);
  });

  it('are the address where the client leaves out what it is counted by', () => {
    for (const by of ['user', 'api_key', 'claim:tenant', 'claim:constructor', 'header:x-other']) {
      assert.equal(compileLimitKey(by)(facts({ identity: null })), 'address:198.51.100.7', by);
    }
  });

  it('of several parts cannot be forged by a part that looks like two', () => {
    const key = compileLimitKey(['user', 'operation']);
    assert.notEqual(
      key(facts({ identity: { ...ada, subject: 'a","b' }, operationName: 'c' })),
      key(facts({ identity: { ...ada, subject: 'a' }, operationName: 'b","c' })),
    );
  });

  it('take an IPv6 client for its /64', () => {
    const network = '2001:db8:0:1::/64';
    for (const address of [
      '2001:db8:0:1::',
      '2001:0DB8:0000:0001::1',
      '2001:db8:0:1:ffff:ffff:ffff:ffff',
      '2001:db8::1:0:0:0:9',
    ]) {
      assert.equal(networkOf(address), network, address);
    }
    assert.notEqual(networkOf('2001:db8:0:2::1'), network);
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('::ffff:1.2.3.4'), '0:0:0:0::/64');
    assert.equal(networkOf('64:ff9b::1.2.3.4'), '64:ff9b:0:0::/64');
    assert.equal(networkOf('198.51.100.7'), '198.51.100.7');
    assert.equal(networkOf(''), '');
  });
});

describe('limits of the config', () => {
  it('are those that match, each with its cost', () => {
    const toDemands = compile(
      limit({ name: 'all' }),
      limit({ name: 'rest', match: { kinds: ['rest'] } }),
      limit({ name: 'checkout', match: { operations: ['Checkout'] }, cost: 3 }),
      limit({ name: 'cost', cost: 'operation' }),
      limit({ name: 'strangers', match: { anonymous: true } }),
      limit({ name: 'gold', match: { tiers: ['gold'], methods: ['POST'], routes: ['/graphql'] } }),
    );
    const named = (more?: Partial<LimitFacts>) =>
      toDemands(facts(more)).map((demand) => `${demand.limit.name} ${demand.cost}`);
    assert.deepEqual(named({ operationCost: 12.3 }), ['all 1', 'checkout 3', 'cost 13', 'gold 1']);
    assert.deepEqual(named({ kind: 'rest', identity: null, operationName: undefined }), [
      'all 1',
      'rest 1',
      'cost 1',
      'strangers 1',
    ]);
  });

  it('have another size for a tier, counted apart', () => {
    const toDemands = compile(limit({ by: 'user', algorithm: 'token_bucket', burst: 5, tiers: { gold: 100 } }));
    const [gold] = toDemands(facts());
    const [plain] = toDemands(facts({ identity: { ...ada, tier: 'constructor' } }));
    assert.deepEqual([gold?.limit.name, gold?.limit.max, gold?.limit.burst], ['l.gold', 100, 50]);
    assert.deepEqual([plain?.limit.name, plain?.limit.max, plain?.limit.burst], ['l', 10, 5]);
  });

  it('are counted in the process where there is no Redis', () => {
    assert.ok(createLimiter(rateLimit.parse({})) instanceof MemoryLimiter);
  });
});
