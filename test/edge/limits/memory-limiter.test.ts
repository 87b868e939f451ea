import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Decision } from '../../../src/edge/limits/decision.ts';
import { type Demand, defineLimit, type LimitDefinition } from '../../../src/edge/limits/limit.ts';
import { limitRefusal } from '../../../src/edge/limits/limit-refusal.ts';
import { MemoryLimiter } from '../../../src/edge/limits/memory-limiter.ts';
import { rateLimitHeaders } from '../../../src/edge/limits/rate-limit-headers.ts';

function underClock(definition: Omit<LimitDefinition, 'name'>) {
  const clock = { ms: 1_000 };
  const limit = defineLimit({ name: 'l', ...definition });
  const limiter = new MemoryLimiter({ now: () => clock.ms });
  const take = (cost = 1, key = 'k'): Decision => limiter.take([{ limit, key, cost }]);
  return { clock, limit, limiter, take };
}

/** Waits in whole milliseconds and costs, in random order. */
const visits = (maxCost: number) =>
  fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 700 }), cost: fc.integer({ min: 1, max: maxCost }) }), {
    maxLength: 120,
  });
const definitions = fc.record({
  max: fc.integer({ min: 1, max: 30 }),
  windowMs: fc.integer({ min: 10, max: 3_000 }),
  burst: fc.integer({ min: 1, max: 40 }),
});

interface Passed {
  readonly atMs: number;
  readonly cost: number;
}

function sum(passed: readonly Passed[]): number {
  return passed.reduce((total, { cost }) => total + cost, 0);
}

describe('token bucket', () => {
  it('lets through at most burst + t × rate in any span of t', () => {
    fc.assert(
      fc.property(definitions, visits(5), (definition, sequence) => {
        const { clock, take, limit } = underClock({ ...definition, algorithm: 'token_bucket' });
        const passed: Passed[] = [];
        for (const { waitMs, cost } of sequence) {
          clock.ms += waitMs;
          if (take(cost).allowed) passed.push({ atMs: clock.ms, cost });
        }
        for (let from = 0; from < passed.length; from += 1) {
          for (let to = from; to < passed.length; to += 1) {
            const span = passed.slice(from, to + 1);
            const t = (span.at(-1) as Passed).atMs - (span[0] as Passed).atMs;
            assert.ok(sum(span) <= limit.burst + (t * limit.max) / limit.windowMs + 1e-3);
          }
        }
      }),
    );
  });

  it('lets exactly the burst through at once, then one per emission interval', () => {
    const { clock, take } = underClock({ max: 10, windowMs: 1_000, burst: 3, algorithm: 'token_bucket' });
    assert.deepEqual(
      [take(), take(), take(), take()].map((d) => d.allowed),
      [true, true, true, false],
    );
    assert.equal(take().retryAfterMs, 100);
    clock.ms += 99;
    assert.equal(take().allowed, false);
    clock.ms += 1;
    assert.equal(take().allowed, true);
    assert.equal(take().allowed, false);
  });
});

describe('sliding window', () => {
  it('never exceeds its bound: the counted window and the weighted sum stay within max, any span within twice of it', () => {
    fc.assert(
      fc.property(definitions, visits(5), (definition, sequence) => {
        const { clock, take, limit } = underClock({ max: definition.max, windowMs: definition.windowMs });
        const passed: Passed[] = [];
        for (const { waitMs, cost } of sequence) {
          clock.ms += waitMs;
          if (take(cost).allowed) passed.push({ atMs: clock.ms, cost });
        }
        for (const { atMs } of passed) {
          const span = passed.filter((p) => p.atMs > atMs - limit.windowMs && p.atMs <= atMs);
          assert.ok(sum(span) < 2 * limit.max || sum(span) <= limit.max);
        }
      }),
    );
  });

  it('lets exactly max through in the first window, however the requests lie in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
        (max, waits) => {
          const { clock, take } = underClock({ max, windowMs: 10_000 });
          const begin = clock.ms;
          let passed = 0;
          for (const waitMs of waits) {
            clock.ms += waitMs;
            if (take().allowed) passed += 1;
          }
          assert.ok(clock.ms - begin < 10_000);
          assert.equal(passed, Math.min(max, waits.length));
        },
      ),
    );
  });

  it('weighs the window before by the part that is still covered', () => {
    const { clock, take } = underClock({ max: 10, windowMs: 1_000 });
    assert.equal(take(5).allowed, true);
    clock.ms += 800;
    assert.equal(take(5).allowed, true);
    clock.ms += 200;
    assert.equal(take().allowed, false, 'all of the earlier window is still covered');
    assert.equal(Math.round(take().retryAfterMs), 80);
    clock.ms += 400;
    assert.equal(take().standings[0]?.remaining, 4);
    assert.equal(take(4).allowed, true);
    assert.equal(take().allowed, false);
  });

  it('has room for a whole burst one window after a whole burst', () => {
    const { clock, take } = underClock({ max: 10, windowMs: 1_000 });
    for (let round = 0; round < 5; round += 1) {
      assert.equal(take(10).allowed, true);
      assert.equal(take().retryAfterMs, 1_000);
      clock.ms += 999;
      assert.equal(take().allowed, false);
      clock.ms += 1;
    }
  });
});

for (const algorithm of ['token_bucket', 'sliding_window'] as const) {
  describe(`${algorithm}: every limit`, () => {
    it('is not changed by refused requests: with them or without, the same requests pass', () => {
      fc.assert(
        fc.property(definitions, visits(5), (definition, sequence) => {
          const patient = underClock({ ...definition, algorithm });
          const impatient = underClock({ ...definition, algorithm });
          for (const { waitMs, cost } of sequence) {
            patient.clock.ms += waitMs;
            impatient.clock.ms += waitMs;
            const decision = impatient.take(cost);
            // Only what would pass is asked of the patient one; a refusal is followed by ten more of them.
            if (decision.allowed) assert.equal(patient.take(cost).allowed, true);
            else for (let i = 0; i < 10; i += 1) impatient.take(definition.max + definition.burst + 1);
            assert.equal(impatient.take(0).standings[0]?.remaining, patient.take(0).standings[0]?.remaining);
          }
        }),
      );
    });

    it('lets a refused request pass after the time it named, and not a millisecond before', () => {
      fc.assert(
        fc.property(definitions, visits(3), fc.integer({ min: 1, max: 3 }), (definition, sequence, cost) => {
          const { clock, take, limit } = underClock({ ...definition, algorithm });
          fc.pre(cost <= limit.burst);
          for (const visit of sequence) {
            clock.ms += visit.waitMs;
            take(visit.cost);
          }
          const refusal = take(cost);
          fc.pre(!refusal.allowed);
          const at = clock.ms;
          if (refusal.retryAfterMs > 2) {
            clock.ms = at + refusal.retryAfterMs - 1.01;
            const early = take(cost);
            // Where a millisecond is worth less than the tolerance, both answers are right.
            assert.ok(!early.allowed || limit.windowMs / limit.max > 1e6);
          }
          clock.ms = at + refusal.retryAfterMs;
          assert.equal(take(cost).allowed, true);
        }),
      );
    });

    it('tells in headers what it decides', () => {
      fc.assert(
        fc.property(definitions, visits(4), (definition, sequence) => {
          const { clock, take, limit } = underClock({ ...definition, algorithm });
          let remaining: number | undefined;
          for (const { waitMs, cost } of sequence) {
            clock.ms += waitMs;
            const decision = take(cost);
            const headers = rateLimitHeaders(decision);
            if (remaining !== undefined && cost <= remaining) assert.equal(decision.allowed, true);
            remaining = Number(headers['x-ratelimit-remaining']);
            const reset = Number(headers['x-ratelimit-reset']);
            assert.ok(remaining >= 0 && remaining <= limit.burst);
            assert.equal(headers['x-ratelimit-limit'], String(limit.burst));
            assert.match(headers.ratelimit as string, new RegExp(`^"l";r=${remaining};t=${reset}$`));
            assert.match(headers['ratelimit-policy'] as string, new RegExp(`^"l";q=${limit.burst};w=[1-9]\\d*$`));
            if (remaining === 0) assert.ok(reset >= 1);
            assert.equal('retry-after' in headers, !decision.allowed);
            if (!decision.allowed) assert.ok(Number(headers['retry-after']) >= Math.max(1, reset));
            assert.equal('x-ratelimit-warning' in headers, limit.burst - remaining > Math.floor(limit.burst * 0.8));
          }
        }),
      );
    });

    it('refuses for good what is more than the limit, and says a window', () => {
      const { take } = underClock({ max: 5, windowMs: 2_000, algorithm });
      const decision = take(6);
      assert.equal(decision.allowed, false);
      assert.equal(decision.retryAfterMs, 2_000);
      assert.equal(take(5).allowed, true);
    });

    it('follows a clock that jumps back without blocking for the length of the jump', () => {
      const { clock, take } = underClock({ max: 2, windowMs: 1_000, algorithm });
      take(2);
      clock.ms -= 3_600_000;
      take(1);
      clock.ms += 2_000;
      assert.equal(take(2).allowed, true);
    });
  });
}

describe('limits of one request', () => {
  const narrow = defineLimit({ name: 'narrow', max: 1, windowMs: 1_000 });
  const wide = defineLimit({ name: 'wide', max: 10, windowMs: 1_000 });
  const both = (key: string): Demand[] => [
    { limit: wide, key: 'all', cost: 1 },
    { limit: narrow, key, cost: 1 },
  ];

  it('are all taken or none', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    assert.equal(limiter.take(both('a')).allowed, true);
    for (let i = 0; i < 20; i += 1) assert.equal(limiter.take(both('a')).allowed, false);
    const { standings } = limiter.take(both('b'));
    assert.equal(standings[0]?.remaining, 8, 'the twenty refused requests took nothing of the wide limit');
  });

  it('count once for a limit that is asked twice', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const demand = { limit: narrow, key: 'a', cost: 1 };
    assert.equal(limiter.take([demand, demand]).allowed, false);
    assert.equal(limiter.take([demand]).allowed, true);
  });

  it('do not refuse for a dry run, and report it', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const dry = defineLimit({ name: 'dry', max: 1, windowMs: 1_000, dryRun: true });
    const demands = [{ limit: dry, key: 'a', cost: 1 }, ...both('a')];
    assert.equal(limiter.take(demands).allowed, true);
    const second = limiter.take([
      { limit: dry, key: 'a', cost: 1 },
      { limit: wide, key: 'all', cost: 1 },
    ]);
    assert.equal(second.allowed, true);
    assert.equal(second.standings[0]?.exceeded, true);
    assert.doesNotMatch(rateLimitHeaders(second).ratelimit as string, /dry/);
  });

  it('are asked without being taken where the demand is read-only', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const asked = { limit: narrow, key: 'a', cost: 1, readOnly: true };
    assert.equal(limiter.take([asked]).allowed, true);
    assert.equal(limiter.take([asked]).allowed, true);
    limiter.take([{ limit: narrow, key: 'a', cost: 1 }]);
    assert.equal(limiter.take([asked]).allowed, false);
  });

  it('show the tightest in the triple, all in the lists, and hide what is not exposed', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const hidden = defineLimit({ name: 'hidden', max: 1, windowMs: 1_000, expose: false });
    const decision = limiter.take([{ limit: hidden, key: '', cost: 1 }, ...both('a')]);
    assert.deepEqual(rateLimitHeaders(decision), {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1',
      'ratelimit-policy': '"wide";q=10;w=1, "narrow";q=1;w=1',
      ratelimit: '"wide";r=9;t=1, "narrow";r=0;t=1',
      'x-ratelimit-warning': 'policy="narrow"; used=1; limit=1',
    });
  });

  it('name in the error those that were exceeded and may be known', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const hidden = defineLimit({ name: 'hidden', max: 1, windowMs: 1_000, expose: false });
    const demands = [{ limit: hidden, key: '', cost: 1 }, ...both('a')];
    limiter.take(demands);
    const error = limitRefusal(limiter.take(demands));
    assert.equal(error.code, 'RATE_LIMITED');
    assert.deepEqual(error.details, { 'violated-policies': ['narrow'] });
    const lost = limitRefusal({ allowed: false, standings: [], retryAfterMs: 1_000, storeLost: true });
    assert.equal(lost.code, 'UPSTREAM_UNAVAILABLE');
  });

  it('warn above 80 % and not at it', () => {
    const limiter = new MemoryLimiter({ now: () => 0 });
    const limit = defineLimit({ name: 'per-key', max: 100, windowMs: 60_000 });
    assert.equal(rateLimitHeaders(limiter.take([{ limit, key: 'a', cost: 80 }]))['x-ratelimit-warning'], undefined);
    assert.equal(
      rateLimitHeaders(limiter.take([{ limit, key: 'a', cost: 1 }]))['x-ratelimit-warning'],
      'policy="per-key"; used=81; limit=100',
    );
  });

  it('count refused requests where told, up to the limit and no further', () => {
    const clock = { ms: 0 };
    const limiter = new MemoryLimiter({ now: () => clock.ms });
    const limit = defineLimit({ name: 'abuse', max: 4, windowMs: 1_000, countRejected: true });
    const take = (cost: number) => limiter.take([{ limit, key: 'a', cost }]);
    take(3);
    assert.equal(take(2).allowed, false);
    assert.equal(take(1).allowed, false, 'the refused request filled the rest');
    clock.ms += 2_000;
    assert.equal(take(4).allowed, true);
  });

  it('hold for at most the configured number of keys', () => {
    const limiter = new MemoryLimiter({ now: () => 0, maxKeys: 100 });
    limiter.take([{ limit: narrow, key: 'busy', cost: 1 }]);
    for (let i = 0; i < 10_000; i += 1) {
      limiter.take([{ limit: narrow, key: String(i), cost: 1 }]);
      // A key in use stays, whatever floods past it.
      assert.equal(limiter.take([{ limit: narrow, key: 'busy', cost: 1 }]).allowed, false);
    }
  });
});
