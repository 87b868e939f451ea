import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure, type FailureKind } from '../../../src/transport/exchange/failure.ts';
import { backoffMs } from '../../../src/transport/retry/backoff.ts';
import { decideRetry } from '../../../src/transport/retry/decide-retry.ts';
import { RetryBudget } from '../../../src/transport/retry/retry-budget.ts';
import { VirtualClock } from '../virtual-clock.ts';

const READ = { idempotent: true, replayable: true };
const POST = { idempotent: false, replayable: true };
const UPLOAD = { idempotent: true, replayable: false };

/** Rows: the result; columns: GET and such, POST and PATCH, a body that can be read only once. */
const TABLE: readonly [Failure | number, string, string, string][] = [
  [new Failure('connect', false), 'retry', 'retry', 'retry'],
  [new Failure('refused', false), 'retry', 'retry', 'body'],
  [new Failure('reset', true), 'retry', 'not_idempotent', 'body'],
  [new Failure('timeout', true), 'retry', 'not_idempotent', 'body'],
  [new Failure('protocol', true), 'final', 'final', 'final'],
  [new Failure('too_large', true), 'final', 'final', 'final'],
  [new Failure('aborted', true), 'final', 'final', 'final'],
  [new Failure('deadline', true), 'final', 'final', 'final'],
  [new Failure('invalid', false), 'final', 'final', 'final'],
  [502, 'retry', 'not_idempotent', 'body'],
  [503, 'retry', 'not_idempotent', 'body'],
  [504, 'retry', 'not_idempotent', 'body'],
  [200, 'final', 'final', 'final'],
  [404, 'final', 'final', 'final'],
  [429, 'final', 'final', 'final'],
  [500, 'final', 'final', 'final'],
  [501, 'final', 'final', 'final'],
];

for (const [result, read, post, upload] of TABLE) {
  const name = result instanceof Failure ? (result.kind satisfies FailureKind) : result;
  test(`${name}: ${read} for reads, ${post} for POST, ${upload} for uploads`, () => {
    assert.deepEqual(
      [READ, POST, UPLOAD].map((request) => decideRetry(result, request)),
      [read, post, upload],
    );
  });
}

test('the wait is anywhere between 0 and a ceiling that doubles up to the longest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, r) => {
        const delayMs = backoffMs(n, { baseMs: 25, maxMs: 250 }, () => r);
        assert.ok(delayMs >= 0 && delayMs <= Math.min(250, 25 * 2 ** (n - 1)));
      },
    ),
  );
  assert.equal(
    backoffMs(1, { baseMs: 25, maxMs: 250 }, () => 0),
    0,
  );
});

test('there never are more retries than the budget has', () => {
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.constant('request' as const) },
    { weight: 5, arbitrary: fc.constant('retry' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
  );
  fc.assert(
    fc.property(
      fc.array(action, { maxLength: 500 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(20),
      (actions, ratio, floorPerSecond) => {
        const clock = new VirtualClock();
        const budget = new RetryBudget({ ratio, floorPerSecond }, clock);
        let requests = 0;
        let retries = 0;
        for (const one of actions) {
          if (typeof one === 'number') clock.advance(one);
          else if (one === 'request') {
            requests++;
            budget.deposit();
          } else if (budget.withdraw()) retries++;
        }
        const most = floorPerSecond * (1 + clock.now() / 1_000) + ratio * requests;
        assert.ok(retries <= most + 1e-6, `${retries} retries, ${most} allowed`);
      },
    ),
  );
});

test('a budget that was saved up does not grow without end', () => {
  const clock = new VirtualClock();
  const budget = new RetryBudget({ ratio: 0.2, floorPerSecond: 10 }, clock);
  for (let i = 0; i < 1_000_000; i++) budget.deposit();
  clock.advance(3_600_000);
  let retries = 0;
  while (budget.withdraw()) retries++;
  assert.equal(retries, 110);
});
