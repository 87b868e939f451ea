import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Breaker, type BreakerSettings, REFUSED } from '../../../src/transport/breaker/breaker.ts';
import { VirtualClock } from '../virtual-clock.ts';

const SETTINGS: BreakerSettings = {
  failures: 5,
  openMs: 30_000,
  openMaxMs: 300_000,
  openGrowth: 1,
  successes: 3,
  probes: 1,
};

function create(settings: Partial<BreakerSettings> = {}) {
  const clock = new VirtualClock();
  const changes: string[] = [];
  const breaker = new Breaker({ ...SETTINGS, ...settings }, clock, (from, to) =>
    changes.push(`${from.kind} ${to.kind}`),
  );
  return { clock, breaker, changes };
}

function fail(breaker: Breaker, times: number): void {
  for (let i = 0; i < times; i++) breaker.fail(breaker.admit());
}

test('five failures in a row open it, four do not, and a success between starts the count over', () => {
  const { breaker } = create();
  fail(breaker, 4);
  assert.equal(breaker.state.kind, 'closed');
  breaker.succeed(breaker.admit());
  fail(breaker, 4);
  assert.equal(breaker.state.kind, 'closed');
  fail(breaker, 1);
  assert.equal(breaker.state.kind, 'open');
  assert.equal(breaker.admit(), REFUSED);
  assert.equal(breaker.retryAfterMs(), 30_000);
});

test('after 30 s it lets one probe at a time through, and three successes close it', () => {
  const { breaker, clock, changes } = create();
  fail(breaker, 5);
  clock.advance(29_999);
  assert.equal(breaker.admit(), REFUSED);
  clock.advance(1);
  for (let i = 0; i < 3; i++) {
    const probe = breaker.admit();
    assert.notEqual(probe, REFUSED);
    assert.equal(breaker.admit(), REFUSED);
    breaker.succeed(probe);
  }
  assert.equal(breaker.state.kind, 'closed');
  assert.deepEqual(changes, ['closed open', 'open half_open', 'half_open closed']);
});

test('a failed probe opens it for a fresh 30 s, or longer where it is to grow', () => {
  for (const [openGrowth, second, third] of [
    [1, 30_000, 30_000],
    [2, 60_000, 100_000],
  ] as const) {
    const { breaker, clock } = create({ openGrowth, openMaxMs: 100_000 });
    fail(breaker, 5);
    clock.advance(30_000);
    fail(breaker, 1);
    assert.equal(breaker.retryAfterMs(), second);
    clock.advance(second);
    fail(breaker, 1);
    assert.equal(breaker.retryAfterMs(), third);
  }
});

test('an aborted probe frees its slot', () => {
  const { breaker, clock } = create();
  fail(breaker, 5);
  clock.advance(30_000);
  const probe = breaker.admit();
  assert.equal(breaker.admit(), REFUSED);
  breaker.release(probe);
  assert.notEqual(breaker.admit(), REFUSED);
});

test('results of an earlier state are ignored', () => {
  const { breaker, clock } = create();
  const late = Array.from({ length: 20 }, () => breaker.admit());
  for (const permit of late.slice(0, 5)) breaker.fail(permit);
  assert.equal(breaker.state.kind, 'open');
  clock.advance(30_000);
  const probe = breaker.admit();
  for (const permit of late.slice(5, 10)) breaker.fail(permit);
  for (const permit of late.slice(10)) breaker.succeed(permit);
  assert.deepEqual(breaker.state, { kind: 'half_open', probing: 1, successes: 0, openings: 1 });
  breaker.succeed(probe);
  assert.deepEqual(breaker.state, { kind: 'half_open', probing: 0, successes: 1, openings: 1 });
});

test('the ratio opens it where failures are many but not in a row', () => {
  const { breaker, clock } = create({ ratio: { threshold: 0.5, minVolume: 20, windowMs: 10_000 } });
  for (let i = 0; i < 18; i++) i % 2 === 0 ? fail(breaker, 1) : breaker.succeed(breaker.admit());
  assert.equal(breaker.state.kind, 'closed', 'below the minimum volume');
  clock.advance(10_001);
  for (let i = 0; i < 19; i++) i % 2 === 0 ? fail(breaker, 1) : breaker.succeed(breaker.admit());
  assert.equal(breaker.state.kind, 'closed', 'the old ones no longer count');
  breaker.succeed(breaker.admit());
  fail(breaker, 1);
  assert.equal(breaker.state.kind, 'open');
});

/** The rules of the issue, written down as plainly as can be: permits are remembered with the era that gave them. */
class Model {
  era = 0;
  kind: 'closed' | 'open' | 'half_open' = 'closed';
  failures = 0;
  untilMs = 0;
  successes = 0;
  readonly probes = new Set<number>();
  #next = 0;

  admit(nowMs: number): { id: number; era: number } | undefined {
    if (this.kind === 'open' && nowMs >= this.untilMs) this.#turn('half_open');
    if (this.kind === 'open') return undefined;
    if (this.kind === 'half_open' && this.probes.size >= 1) return undefined;
    const id = this.#next++;
    if (this.kind === 'half_open') this.probes.add(id);
    return { id, era: this.era };
  }

  settle(permit: { id: number; era: number }, how: 'succeed' | 'fail' | 'release', nowMs: number): void {
    if (permit.era !== this.era) return;
    this.probes.delete(permit.id);
    if (how === 'release') return;
    if (this.kind === 'closed') {
      this.failures = how === 'fail' ? this.failures + 1 : 0;
      if (this.failures === 5) this.#open(nowMs);
    } else if (how === 'fail') {
      this.#open(nowMs);
    } else if (++this.successes === 3) {
      this.#turn('closed');
    }
  }

  #open(nowMs: number): void {
    this.#turn('open');
    this.untilMs = nowMs + 30_000;
  }

  #turn(kind: Model['kind']): void {
    this.kind = kind;
    this.era++;
    this.failures = 0;
    this.successes = 0;
    this.probes.clear();
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'admit' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('succeed' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
);

test('it behaves as the model, in whatever order results come and time passes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { breaker, clock } = create();
      const model = new Model();
      const permits: { real: number; model: { id: number; era: number } }[] = [];
      for (const action of steps) {
        if (action.do === 'pass') {
          clock.advance(action.ms);
        } else if (action.do === 'admit') {
          const refuses = breaker.refuses();
          const real = breaker.admit();
          const expected = model.admit(clock.now());
          assert.equal(real === REFUSED, expected === undefined);
          assert.equal(refuses, expected === undefined);
          if (expected !== undefined) permits.push({ real, model: expected });
        } else if (permits.length > 0) {
          const [permit] = permits.splice(action.which % permits.length, 1);
          if (permit === undefined) continue;
          breaker[action.do](permit.real);
          model.settle(permit.model, action.do, clock.now());
        }
        assert.equal(breaker.state.kind, model.kind);
      }
    }),
    { numRuns: 500 },
  );
});

test('it is never stuck: once results are in and time has passed, a probe is admitted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const { breaker, clock } = create();
      const permits: number[] = [];
      for (const action of steps) {
        if (action.do === 'pass') clock.advance(action.ms);
        else if (action.do === 'admit') permits.push(breaker.admit());
        else if (permits.length > 0) breaker[action.do](permits.splice(action.which % permits.length, 1)[0] as number);
      }
      for (const permit of permits) breaker.release(permit);
      clock.advance(30_000);
      assert.notEqual(breaker.admit(), REFUSED);
    }),
  );
});
