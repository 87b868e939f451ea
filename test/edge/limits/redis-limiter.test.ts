import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Decision } from '../../../src/edge/limits/decision.ts';
import { type Demand, defineLimit, type Limit } from '../../../src/edge/limits/limit.ts';
import { MemoryLimiter } from '../../../src/edge/limits/memory-limiter.ts';
import { rateLimitHeaders } from '../../../src/edge/limits/rate-limit-headers.ts';
import {
  type LimitStoreEvent,
  RedisLimiter,
  type RedisLimiterOptions,
} from '../../../src/edge/limits/redis-limiter.ts';
import { RedisServer, skipRedis } from '../../redis-server.ts';

describe('Redis limiter', { skip: skipRedis }, () => {
  let redis: RedisServer;
  let namespaces = 0;
  const open: RedisLimiter[] = [];

  before(async () => {
    redis = await RedisServer.start();
  });
  after(async () => {
    await Promise.all(open.map((limiter) => limiter.close()));
    await redis.close();
  });

  /** Instances that share counts with each other and with no other test. */
  async function instances(count: number, options: Partial<RedisLimiterOptions> = {}): Promise<RedisLimiter[]> {
    namespaces += 1;
    const namespace = `test-${namespaces}`;
    const limiters = Array.from({ length: count }, () => {
      const target = { kind: 'single', url: redis.url } as const;
      return new RedisLimiter({ target, namespace, deadlineMs: 2_000, ...options });
    });
    open.push(...limiters);
    for (const limiter of limiters) assert.ok(await limiter.waitUntilReady(5_000));
    for (const limiter of [...limiters, ...limiters]) await limiter.countInstances();
    return limiters;
  }

  async function passed(limiters: readonly RedisLimiter[], demands: Demand[], requests: number): Promise<number> {
    const decisions = await Promise.all(
      Array.from({ length: requests }, (_, i) => (limiters[i % limiters.length] as RedisLimiter).take(demands)),
    );
    return decisions.filter(({ allowed }) => allowed).length;
  }

  it('decides as the memory limiter does, under one clock', async () => {
    const clock = { ms: 0 };
    const [limiter] = (await instances(1, { storeClock: () => clock.ms, now: () => clock.ms })) as [RedisLimiter];
    const limitArbitrary = fc.record({
      algorithm: fc.constantFrom('token_bucket' as const, 'sliding_window' as const),
      max: fc.integer({ min: 1, max: 12 }),
      windowMs: fc.integer({ min: 10, max: 2_000 }),
      burst: fc.integer({ min: 1, max: 15 }),
      dryRun: fc.boolean(),
      countRejected: fc.boolean(),
    });
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 900 }),
      costs: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 2 }),
      readOnly: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(limitArbitrary, limitArbitrary, fc.array(step, { maxLength: 25 }), async (a, b, steps) => {
        run += 1;
        const memory = new MemoryLimiter({ now: () => clock.ms });
        const limits = [defineLimit({ ...a, name: `a${run}` }), defineLimit({ ...b, name: `b${run}` })];
        for (const { waitMs, costs, readOnly } of steps) {
          clock.ms += waitMs;
          const demands = limits.map(
            (limit, i): Demand => ({ limit, key: 'k', cost: costs[i] as number, readOnly: readOnly && i === 0 }),
          );
          const here = memory.take(demands);
          const outcome = limiter.take(demands);
          const isKnown = !(outcome instanceof Promise);
          const there = await outcome;
          assert.equal(there.allowed, here.allowed);
          // A refusal may be one that is remembered: it has the figures of the request that was refused then.
          if (!there.allowed) continue;
          for (const standing of there.standings) {
            const same = here.standings.find(({ limit }) => limit === standing.limit);
            if (!isKnown) assert.equal(standing.remaining, same?.remaining);
            else assert.ok(standing.remaining <= (same?.remaining ?? 0), 'as it was when it was refused');
            assert.equal(standing.exceeded, same?.exceeded);
            assert.ok(Math.abs(standing.resetMs - (same?.resetMs ?? 0)) < 0.01);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  for (const algorithm of ['token_bucket', 'sliding_window'] as const) {
    it(`lets exactly the allowed number pass through two instances with clocks apart: ${algorithm}`, async () => {
      const [a] = await instances(1, { now: () => performance.now() + 3_600_000 });
      const namespace = `test-${namespaces}`;
      const [b] = await instances(1, { namespace, now: () => performance.now() - 3_600_000 });
      const limit = defineLimit({ name: 'shared', algorithm, max: 37, windowMs: 3_600_000 });
      const limiters = [a, b] as RedisLimiter[];
      for (let round = 0; round < 4; round += 1) {
        const expected = round === 0 ? 37 : 0;
        assert.equal(await passed(limiters, [{ limit, key: 'k', cost: 1 }], 50), expected);
      }
    });
  }

  it('takes all limits of a request or none, over instances', async () => {
    const limiters = await instances(2);
    const wide = defineLimit({ name: 'wide', max: 100, windowMs: 3_600_000 });
    const narrow = defineLimit({ name: 'narrow', max: 10, windowMs: 3_600_000, algorithm: 'token_bucket' });
    const demands = (key: string): Demand[] => [
      { limit: wide, key: 'all', cost: 1 },
      { limit: narrow, key, cost: 1 },
    ];
    assert.equal(await passed(limiters, demands('a'), 60), 10);
    const decision = await (limiters[0] as RedisLimiter).take(demands('b'));
    assert.equal(decision.standings[0]?.remaining, 100 - 11);
  });

  it('counts costs other than one', async () => {
    const limiters = await instances(2);
    const limit = defineLimit({ name: 'cost', max: 100, windowMs: 3_600_000 });
    assert.equal(await passed(limiters, [{ limit, key: 'k', cost: 7 }], 40), 14);
    assert.equal(await passed(limiters, [{ limit, key: 'k', cost: 1 }], 10), 2);
  });

  it('answers a refusal it knows without asking', async () => {
    const [limiter] = (await instances(1)) as [RedisLimiter];
    const limit = defineLimit({ name: 'known', max: 1, windowMs: 3_600_000 });
    const demand = { limit, key: 'k', cost: 1 };
    await limiter.take([demand]);
    await limiter.take([demand]);
    const known = limiter.take([demand]);
    assert.ok(!(known instanceof Promise));
    assert.equal(known.allowed, false);
    assert.equal(rateLimitHeaders(known)['x-ratelimit-remaining'], '0');
    assert.ok(limiter.take([{ ...demand, key: 'other' }]) instanceof Promise);
  });

  it('keeps neither users nor API keys in the names of keys, and lets every key expire', async () => {
    const [limiter] = (await instances(1)) as [RedisLimiter];
    const limit = defineLimit({ name: 'private', max: 5, windowMs: 1_000 });
    await limiter.take([{ limit, key: 'user:ada@shop.example', cost: 1 }]);
    const client = new Redis(redis.url);
    try {
      const keys = await client.keys(`weir:{test-${namespaces}}:private*`);
      assert.equal(keys.length, 1);
      assert.doesNotMatch(keys[0] as string, /ada/);
      const life = await client.pttl(keys[0] as string);
      assert.ok(life > 0 && life <= 3_000, String(life));
    } finally {
      client.disconnect();
    }
  });

  it('spends leases without asking, and oversteps by no more than instances × lease', async () => {
    const clock = { ms: 0 };
    const limiters = await instances(3, { now: () => clock.ms, storeClock: () => clock.ms });
    const limit = defineLimit({ name: 'leased', max: 100, windowMs: 1_000, mode: 'leased', lease: 10 });
    const demand = { limit, key: 'k', cost: 1 };
    const passedAt: number[] = [];
    let atOnce = 0;
    for (let step = 0; step < 120; step += 1) {
      clock.ms += 37;
      for (const limiter of limiters) {
        const burst = step % 27 < 14 ? 6 : 0;
        for (let i = 0; i < burst; i += 1) {
          const outcome = limiter.take([demand]);
          if (!(outcome instanceof Promise)) atOnce += 1;
          if ((await outcome).allowed) passedAt.push(clock.ms);
        }
      }
    }
    assert.ok(atOnce > passedAt.length / 2, 'most are decided here');
    const exactBound = 2 * limit.max;
    for (const at of passedAt) {
      const span = passedAt.filter((ms) => ms > at - limit.windowMs && ms <= at).length;
      assert.ok(span <= exactBound + limiters.length * limit.lease);
    }
    // The first window has no earlier one to borrow from: its bound is exact.
    const firstWindow = passedAt.filter((ms) => ms < 37 + limit.windowMs).length;
    assert.ok(firstWindow <= limit.max, String(firstWindow));
    assert.ok(firstWindow >= limit.max - limiters.length * limit.lease);
  });

  it('holds leases of at most the configured size however many requests ask at once', async () => {
    const limiters = await instances(2);
    const limit = defineLimit({ name: 'crowd', max: 100, windowMs: 3_600_000, mode: 'leased', lease: 10 });
    const count = await passed(limiters, [{ limit, key: 'k', cost: 1 }], 200);
    const rest = await passed(limiters, [{ limit, key: 'k', cost: 1 }], 40);
    assert.equal(count + rest, 100);
  });

  it('gives a lease back where another limit refuses', async () => {
    const [limiter] = (await instances(1)) as [RedisLimiter];
    const leased = defineLimit({ name: 'given', max: 100, windowMs: 3_600_000, mode: 'leased', lease: 10 });
    const exact = defineLimit({ name: 'strict', max: 1, windowMs: 3_600_000 });
    const demands = [
      { limit: leased, key: 'k', cost: 1 },
      { limit: exact, key: 'k', cost: 1 },
    ];
    assert.equal(await passed([limiter], demands, 20), 1);
    const alone = [{ limit: leased, key: 'k', cost: 1 }];
    assert.equal((await passed([limiter], alone, 150)) + (await passed([limiter], alone, 20)), 99);
  });
});

describe('Redis limiter without its store', { skip: skipRedis }, () => {
  const limits = (algorithm: Limit['algorithm'] = 'sliding_window') => ({
    local: defineLimit({ name: 'l', algorithm, max: 10, windowMs: 3_600_000, onStoreFailure: 'local' }),
    open: defineLimit({ name: 'o', algorithm, max: 10, windowMs: 3_600_000, onStoreFailure: 'open' }),
    closed: defineLimit({ name: 'c', algorithm, max: 10, windowMs: 3_600_000, onStoreFailure: 'closed' }),
  });
  const decide = async (limiter: RedisLimiter, limit: Limit, requests: number): Promise<Decision[]> => {
    const decisions: Decision[] = [];
    for (let i = 0; i < requests; i += 1) decisions.push(await limiter.take([{ limit, key: 'k', cost: 1 }]));
    return decisions;
  };
  const count = (decisions: readonly Decision[]) => decisions.filter(({ allowed }) => allowed).length;

  it('does what each limit says, survives a restart, and counts on', async () => {
    const redis = await RedisServer.start();
    const events: LimitStoreEvent[] = [];
    const options = { target: { kind: 'single', url: redis.url }, deadlineMs: 2_000 } as const;
    const one = new RedisLimiter({ ...options, onEvent: (event) => events.push(event) });
    const two = new RedisLimiter(options);
    try {
      await one.waitUntilReady(5_000);
      await two.waitUntilReady(5_000);
      for (const limiter of [one, two, one]) await limiter.countInstances();
      assert.equal(one.instances, 2);
      const { local, open, closed } = limits();
      assert.equal(count(await decide(one, local, 3)), 3);
      await redis.stop();
      assert.equal(count(await decide(one, open, 30)), 30);
      const refusals = await decide(one, closed, 2);
      assert.equal(count(refusals), 0);
      assert.equal(refusals[0]?.storeLost, true);
      assert.equal(rateLimitHeaders(refusals[0] as Decision)['retry-after'], '1');
      assert.equal(count(await decide(one, local, 30)), 2, 'its share of 10 is 5, of which 3 were spent');
      assert.equal(count(await decide(two, local, 30)), 5);
      await redis.resume();
      const { promise, resolve } = Promise.withResolvers<void>();
      const wait = setInterval(async () => {
        await one.take([{ limit: open, key: 'probe', cost: 1 }]);
        if (events.at(-1)?.type === 'store_recovered') resolve();
      }, 50);
      await promise;
      clearInterval(wait);
      assert.deepEqual(
        events.map(({ type }) => type),
        ['store_failed', 'store_recovered'],
      );
      assert.equal(count(await decide(one, local, 30)), 10, 'the store came back empty');
    } finally {
      await one.close();
      await two.close();
      await redis.close();
    }
  });

  it('waits no longer than the deadline for a store that hangs, and then not at all', async () => {
    const redis = await RedisServer.start();
    const target = { kind: 'single', url: redis.url } as const;
    const limiter = new RedisLimiter({ target, deadlineMs: 30, breaker: { failures: 3, openMs: 60_000 } });
    try {
      await limiter.waitUntilReady(5_000);
      const { open } = limits();
      await limiter.take([{ limit: open, key: 'k', cost: 1 }]);
      redis.freeze();
      const begin = performance.now();
      assert.equal(count(await decide(limiter, open, 3)), 3);
      assert.ok(performance.now() - begin >= 85);
      const after = performance.now();
      assert.equal(count(await decide(limiter, open, 100)), 100);
      assert.ok(performance.now() - after < 30, 'the breaker is open');
    } finally {
      redis.thaw();
      await limiter.close();
      await redis.close();
    }
  });

  it('starts without a store', async () => {
    const redis = await RedisServer.start();
    await redis.stop();
    const limiter = new RedisLimiter({ target: { kind: 'single', url: redis.url } });
    try {
      assert.equal(await limiter.waitUntilReady(20), false);
      assert.equal(count(await decide(limiter, limits('token_bucket').local, 30)), 10);
    } finally {
      await limiter.close();
      await redis.close();
    }
  });
});
