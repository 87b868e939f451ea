import type { Clock, Timer } from '../../src/transport/clock.ts';

interface Pending extends Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time that moves only when told to. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #pending = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Pending = { atMs: this.#now + delayMs, callback };
    this.#pending.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#pending.delete(timer as Pending);
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Runs what is due on the way, in order. */
  advance(ms: number): void {
    const endMs = this.#now + ms;
    for (;;) {
      let next: Pending | undefined;
      for (const timer of this.#pending) {
        if (timer.atMs <= endMs && (next === undefined || timer.atMs < next.atMs)) next = timer;
      }
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.atMs);
      next.callback();
    }
    this.#now = endMs;
  }

  /** Time in which the process does not run: no timer fires. */
  suspend(ms: number): void {
    this.#now += ms;
  }

  /** As {@link advance}, and lets promises that follow from it settle. */
  async pass(ms: number): Promise<void> {
    this.advance(ms);
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}
