/** Time as the watchers see it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms` milliseconds. @returns What cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** From 0 inclusive to 1 exclusive. */
  random(): number;
}

/** The machine's time; its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
