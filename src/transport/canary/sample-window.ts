/** Bounds of the latency bins: 1 ms to about 2 min, each 10 % above the last. */
const GROWTH = 1.1;
const BINS = 124;

/** What one side answered in a period: how many, how many with 5xx, how fast. */
export class SampleWindow {
  total = 0;
  errors = 0;
  readonly #bins = new Uint32Array(BINS);

  record(failed: boolean, latencyMs: number): void {
    this.total++;
    if (failed) this.errors++;
    const bin = latencyMs <= 1 ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(latencyMs) / Math.log(GROWTH)));
    this.#bins[bin] = (this.#bins[bin] as number) + 1;
  }

  /** Milliseconds, at most 10 % too high; 0: no samples. */
  get p95Ms(): number {
    if (this.total === 0) return 0;
    let rest = Math.ceil(this.total * 0.95);
    for (let bin = 0; bin < BINS; bin++) {
      rest -= this.#bins[bin] as number;
      if (rest <= 0) return GROWTH ** bin;
    }
    return GROWTH ** BINS;
  }
}
