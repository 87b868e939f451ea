import type { Clock } from '../clock.ts';

export interface RetryBudgetSettings {
  /** What each request pays in. */
  readonly ratio: number;
  /** Tokens that come by themselves, per second. */
  readonly floorPerSecond: number;
}

/** So many seconds of the floor, and so many requests' pay, can be saved up. */
const SAVED_SECONDS = 1;
const SAVED_REQUESTS = 500;

/**
 * Tokens for the retries (and hedges) of an upstream: a failing upstream gets at most `ratio` more requests than it gets
 * anyway, and a quiet one `floorPerSecond`. Concurrency does not count: a budget in proportion to it shrinks as requests fail.
 */
export class RetryBudget {
  readonly #clock: Clock;
  #settings: RetryBudgetSettings;
  #tokens: number;
  #filledMs: number;

  constructor(settings: RetryBudgetSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#tokens = settings.floorPerSecond * SAVED_SECONDS;
    this.#filledMs = clock.now();
  }

  configure(settings: RetryBudgetSettings): void {
    this.#settings = settings;
  }

  /** A first try. */
  deposit(): void {
    const { ratio, floorPerSecond } = this.#settings;
    this.#tokens = Math.min(this.#tokens + ratio, floorPerSecond * SAVED_SECONDS + ratio * SAVED_REQUESTS);
  }

  /** Takes the token of a retry; false: there is none. */
  withdraw(): boolean {
    const { ratio, floorPerSecond } = this.#settings;
    const now = this.#clock.now();
    const filled = this.#tokens + ((now - this.#filledMs) / 1_000) * floorPerSecond;
    this.#tokens = Math.min(filled, floorPerSecond * SAVED_SECONDS + ratio * SAVED_REQUESTS);
    this.#filledMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
