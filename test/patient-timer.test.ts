import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PatientTimer } from '../src/patient-timer.ts';
import { VirtualClock } from './transport/virtual-clock.ts';

function startTimer(clock: VirtualClock, delayMs: number) {
  const firedMs: number[] = [];
  const timer = new PatientTimer(clock, () => firedMs.push(clock.now()), delayMs);
  return { timer, firedMs };
}

test('a timer fires once, when it is due', () => {
  const clock = new VirtualClock();
  const { firedMs } = startTimer(clock, 50);
  clock.advance(200);
  assert.deepEqual(firedMs, [50]);
});

test('time in which the process did not run is given back, up to a second', () => {
  for (const [suspendedMs, givenBackMs] of [
    [60, 0],
    [300, 250],
    [40_000, 1_000],
  ] as const) {
    const clock = new VirtualClock();
    const { firedMs } = startTimer(clock, 50);
    clock.suspend(suspendedMs);
    clock.advance(5_000);
    assert.deepEqual(firedMs, [suspendedMs + givenBackMs]);
  }
});

test('a timer that is cleared does not fire, also in the time that was given back', () => {
  const clock = new VirtualClock();
  const before = startTimer(clock, 50);
  const within = startTimer(clock, 50);
  before.timer.clear();
  clock.suspend(300);
  clock.advance(100);
  within.timer.clear();
  clock.advance(5_000);
  assert.deepEqual([before.firedMs, within.firedMs, clock.pending], [[], [], 0]);
});
