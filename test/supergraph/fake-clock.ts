import type { Clock } from '../../src/supergraph/clock.ts';

/** A clock that goes only when told. */
export interface FakeClock extends Clock {
  /** Lets time pass and calls what is due, in order. */
  advance(ms: number): void;
  /** In how many milliseconds the timers that wait are due; sorted. */
  readonly pendingMs: readonly number[];
}

export function createFakeClock(random = 0): FakeClock {
  let nowMs = 1_000_000;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  return {
    now: () => nowMs,
    random: () => random,
    after(ms, callback) {
      const timer = { dueMs: nowMs + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs)) {
        if (timers.delete(timer)) timer.callback();
      }
    },
    get pendingMs() {
      return [...timers].map(({ dueMs }) => dueMs - nowMs).sort((a, b) => a - b);
    },
  };
}
