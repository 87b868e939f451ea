import { performance } from 'node:perf_hooks';
/** A pending callback of a {@link Clock}. */
export interface Timer {
  /** Lets it keep the process alive; a virtual timer has no need of it. */
  ref?(): unknown;
}

/** Time as the policies see it; tests give a virtual one. */
export interface Clock {
  /** Monotonic milliseconds on the scale of `performance.now()`. */
  now(): number;
  /** The timer does not keep the process alive. */
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  // Imported here and elsewhere: the global of this name is an accessor, which costs as much as the clock.
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
