import type { Endpoint } from '../endpoint/endpoint.ts';

/** The share of its weight that an endpoint begins with: with none, it would never be asked. */
const FIRST_SHARE = 0.1;

/**
 * Gives an endpoint that is new or has come back its weight step by step, so that cold caches and empty pools do not meet
 * their full share at once. Where all are in it, each still has its share of the others.
 */
export class SlowStart {
  readonly #windowMs: number;

  /** @param windowMs Milliseconds until an endpoint has its full weight. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Sets the weights that hold now. */
  weigh(endpoints: readonly Endpoint[], nowMs: number): void {
    for (const endpoint of endpoints) {
      const share = endpoint.serviceMs(nowMs) / this.#windowMs;
      endpoint.weight = endpoint.fullWeight * Math.min(1, Math.max(FIRST_SHARE, share));
    }
  }
}
