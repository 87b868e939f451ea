import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Affinity } from '../../../src/transport/balance/affinity.ts';
import { hash32 } from '../../../src/transport/balance/hash.ts';
import { compileHashKey } from '../../../src/transport/balance/hash-key.ts';
import { LeastRequests } from '../../../src/transport/balance/least-requests.ts';
import { Rendezvous } from '../../../src/transport/balance/rendezvous.ts';
import { RoundRobin } from '../../../src/transport/balance/round-robin.ts';
import { contextOf } from '../request-context.ts';
import { seeded } from '../seeded.ts';

const endpoint = (id: string, weight = 1, inFlight = 0) => ({ id, weight, inFlight });

test('least requests follows the weights while all idle', () => {
  const balancer = new LeastRequests(seeded(1));
  const candidates = [endpoint('a', 1), endpoint('b', 3), endpoint('c', 0)];
  const picked = Array.from({ length: 20_000 }, () => balancer.pick(candidates).id);
  assert.ok(!picked.includes('c'));
  const share = picked.filter((id) => id === 'b').length / picked.length;
  assert.ok(Math.abs(share - 0.75) < 0.02, `got ${share}`);
});

test('least requests never takes the busiest of several', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(50), { minLength: 2, maxLength: 8 }), (seed, loads) => {
      const busiest = Math.max(...loads);
      fc.pre(loads.filter((load) => load === busiest).length === 1);
      const picked = new LeastRequests(seeded(seed)).pick(loads.map((load, i) => endpoint(String(i), 1, load)));
      assert.notEqual(picked.inFlight, busiest);
    }),
  );
});

test('round robin gives each exactly its weight in a round, and spreads it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (weights) => {
      const balancer = new RoundRobin();
      const candidates = weights.map((weight, i) => endpoint(String(i), weight));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const picked = Array.from({ length: total }, () => balancer.pick(candidates).id);
      assert.deepEqual(
        weights.map((_, i) => picked.filter((id) => id === String(i)).length),
        weights,
      );
    }),
  );
  const balancer = new RoundRobin();
  const candidates = [endpoint('a', 5), endpoint('b', 1), endpoint('c', 1)];
  assert.equal(Array.from({ length: 7 }, () => balancer.pick(candidates).id).join(''), 'aabacaa');
});

test('an endpoint that goes takes only its own keys along, about one in N', () => {
  const balancer = new Rendezvous(1_000, new RoundRobin());
  for (const size of [2, 3, 5, 10, 40]) {
    const all = Array.from({ length: size }, (_, i) => endpoint(`http://10.0.0.${i}`));
    const without = all.slice(1);
    let moved = 0;
    for (let key = 0; key < 5_000; key++) {
      const before = balancer.pick(all, `user ${key}`);
      const after = balancer.pick(without, `user ${key}`);
      if (before === all[0]) moved++;
      else assert.equal(after, before, 'a key of another endpoint moved');
    }
    assert.ok(Math.abs(moved / 5_000 - 1 / size) < 0.03, `${moved} of 5000 moved with ${size} endpoints`);
  }
});

test('rendezvous follows the weights', () => {
  const balancer = new Rendezvous(1_000, new RoundRobin());
  const candidates = [endpoint('a', 1), endpoint('b', 4)];
  let b = 0;
  for (let key = 0; key < 10_000; key++) if (balancer.pick(candidates, String(key)).id === 'b') b++;
  assert.ok(Math.abs(b / 10_000 - 0.8) < 0.02, `got ${b}`);
});

test('no endpoint is loaded beyond the bound, however hot a key is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.array(fc.tuple(fc.constantFrom('hot', 'warm', 'x', 'y', 'z'), fc.nat(3)), { minLength: 1, maxLength: 300 }),
      (size, steps) => {
        const bound = 1.25;
        const balancer = new Rendezvous(bound, new RoundRobin());
        const candidates = Array.from({ length: size }, (_, i) => endpoint(`e${i}`));
        const running: { inFlight: number }[] = [];
        for (const [key, done] of steps) {
          for (let i = 0; i < done; i++) {
            const finished = running.shift();
            if (finished !== undefined) finished.inFlight--;
          }
          const picked = balancer.pick(candidates, key);
          picked.inFlight++;
          running.push(picked);
          assert.ok(picked.inFlight <= Math.ceil((bound * running.length) / size));
        }
      },
    ),
  );
});

test('the hash key is read from where the config says', () => {
  const identity = { subject: 'u1', kind: 'jwt', scopes: [], roles: [], claims: { org: 7 } } as const;
  const context = contextOf({ headers: { 'x-tenant': 'acme', cookie: 'a=1; sid=s2' }, identity });
  assert.equal(compileHashKey('header:X-Tenant')(context), 'acme');
  assert.equal(compileHashKey('cookie:sid')(context), 's2');
  assert.equal(compileHashKey('claim:org')(context), '7');
  assert.equal(compileHashKey('claim:sub')(context), 'u1');
  assert.equal(compileHashKey('claim:constructor')(context), undefined);
  assert.equal(compileHashKey('address')(context), '192.0.2.1');
  assert.equal(compileHashKey('header:x-none')(context), undefined);
});

test('the affinity cookie binds to its endpoint until it ends, and cannot be forged', () => {
  const affinity = new Affinity({ cookie: 'lb', secret: 'a secret of some length', maxAgeMs: 60_000 });
  const candidates = [endpoint('http://10.0.0.1'), endpoint('http://10.0.0.2')];
  const cookie = affinity.issue('http://10.0.0.2', 1_000_000).split(';')[0] as string;
  assert.ok(!cookie.includes('10.0.0'));
  assert.equal(affinity.find(`x=1; ${cookie}`, candidates, 1_030_000), candidates[1]);
  assert.equal(affinity.find(cookie, candidates.slice(0, 1), 1_030_000), undefined);
  assert.equal(affinity.find(cookie, candidates, 1_061_000), undefined);
  const [name, value] = cookie.split('=') as [string, string];
  const [code, expires, signature] = value.split('.') as [string, string, string];
  for (const forged of [
    `${code}.${Number(expires) + 100}.${signature}`,
    `${code}.${expires}.${'A'.repeat(signature.length)}`,
    `${code}.${expires}`,
    '',
    '..',
  ]) {
    assert.equal(affinity.find(`${name}=${forged}`, candidates, 1_030_000), undefined, forged);
  }
});

test('hashes are the same in every release', () => {
  assert.deepEqual([hash32(''), hash32('a'), hash32('user 1')], [2872998923, 444641715, 2702225378]);
  assert.equal(new Set(Array.from({ length: 10_000 }, (_, i) => hash32(String(i)))).size, 10_000);
});
