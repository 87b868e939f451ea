import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judge, normalCdf, twoProportionZ } from '../../../src/transport/canary/judge.ts';
import { SampleWindow } from '../../../src/transport/canary/sample-window.ts';

const SETTINGS = { minSamples: 100, confidence: 0.95, maxP95Ratio: 1.5 };

function samples(total: number, errors: number, latencyMs = 20): SampleWindow {
  const window = new SampleWindow();
  for (let i = 0; i < total; i++) window.record(i < errors, latencyMs);
  return window;
}

test('too few samples of either side are no verdict', () => {
  assert.equal(judge(samples(99, 99), samples(1_000, 0), SETTINGS).kind, 'hold');
  assert.equal(judge(samples(1_000, 0), samples(99, 0), SETTINGS).kind, 'hold');
});

test('a higher 5xx rate fails where it is certain enough, and passes where it may be chance', () => {
  assert.equal(judge(samples(1_000, 30), samples(1_000, 10), SETTINGS).kind, 'fail');
  assert.equal(judge(samples(1_000, 12), samples(1_000, 10), SETTINGS).kind, 'pass');
  assert.equal(judge(samples(100, 1), samples(10_000, 10), SETTINGS).kind, 'fail');
  assert.equal(judge(samples(1_000, 0), samples(1_000, 500), SETTINGS).kind, 'pass');
  assert.equal(judge(samples(1_000, 500), samples(1_000, 500), SETTINGS).kind, 'pass', 'both are as bad');
  assert.equal(judge(samples(1_000, 1_000), samples(1_000, 1_000), SETTINGS).kind, 'pass');
});

test('a p95 above the ratio fails, but not for a few milliseconds', () => {
  assert.equal(judge(samples(1_000, 0, 200), samples(1_000, 0, 100), SETTINGS).kind, 'fail');
  assert.equal(judge(samples(1_000, 0, 120), samples(1_000, 0, 100), SETTINGS).kind, 'pass');
  assert.equal(judge(samples(1_000, 0, 4), samples(1_000, 0, 1), SETTINGS).kind, 'pass');
});

test('the p95 is at most a tenth too high', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 500 }), (latencies) => {
      const window = new SampleWindow();
      for (const latency of latencies) window.record(false, latency);
      const exact = latencies.toSorted((a, b) => a - b)[Math.ceil(latencies.length * 0.95) - 1] as number;
      assert.ok(window.p95Ms >= exact * 0.999 && window.p95Ms <= exact * 1.101, `${window.p95Ms} for ${exact}`);
    }),
  );
});

test('the statistics are those of the tables', () => {
  assert.ok(Math.abs(normalCdf(1.6449) - 0.95) < 1e-4);
  assert.ok(Math.abs(normalCdf(-1.96) - 0.025) < 1e-4);
  assert.ok(Math.abs(normalCdf(0) - 0.5) < 1e-6);
  // 30 of 1000 against 10 of 1000: pooled 0.02, standard error 0.006261.
  assert.ok(Math.abs(twoProportionZ(30, 1_000, 10, 1_000) - 3.1944) < 1e-3);
});
