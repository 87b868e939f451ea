import type { Clock } from './clock.ts';

const WINDOW_MS = 5_000;
const FEWEST_SAMPLES = 20;

/** What an upstream's answer times let expect. */
export class Latency {
  readonly #clock: Clock;
  #average = 0;
  #count = 0;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #fastest = Number.POSITIVE_INFINITY;
  #samples = 0;
  #lastFastest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(latencyMs: number): void {
    this.#average += (latencyMs - this.#average) / Math.min(++this.#count, 50);
    this.#roll();
    this.#samples++;
    if (latencyMs < this.#fastest) this.#fastest = latencyMs;
  }

  /** Milliseconds; moving average. 0: nothing known. */
  get expectedMs(): number {
    return this.#average;
  }

  /**
   * The fastest answer of the last full window, below which there is no hope. 0 where too little is known: a window without
   * answers forgets, so that refusals by this figure cannot keep themselves up.
   */
  get fastestMs(): number {
    this.#roll();
    return this.#lastFastest;
  }

  #roll(): void {
    const now = this.#clock.now();
    if (now < this.#windowEndMs) return;
    const consecutive = now < this.#windowEndMs + WINDOW_MS;
    this.#lastFastest = consecutive && this.#samples >= FEWEST_SAMPLES ? this.#fastest : 0;
    this.#windowEndMs = now + WINDOW_MS;
    this.#fastest = Number.POSITIVE_INFINITY;
    this.#samples = 0;
  }
}
