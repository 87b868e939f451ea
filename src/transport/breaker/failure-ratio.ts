import type { Clock } from '../clock.ts';

export interface FailureRatioSettings {
  /** Share of failures, 0 to 1, from which on it is exceeded. */
  readonly threshold: number;
  readonly minVolume: number;
  readonly windowMs: number;
}

const SLOTS = 10;

/** The share of failures in a sliding window, in ten slots. */
export class FailureRatio {
  readonly #settings: FailureRatioSettings;
  readonly #clock: Clock;
  readonly #totals = new Uint32Array(SLOTS);
  readonly #failures = new Uint32Array(SLOTS);
  #slot = 0;

  constructor(settings: FailureRatioSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  record(failed: boolean): void {
    this.#advance();
    const index = this.#slot % SLOTS;
    this.#totals[index] = (this.#totals[index] as number) + 1;
    if (failed) this.#failures[index] = (this.#failures[index] as number) + 1;
  }

  isExceeded(): boolean {
    this.#advance();
    let total = 0;
    let failures = 0;
    for (let i = 0; i < SLOTS; i++) {
      total += this.#totals[i] as number;
      failures += this.#failures[i] as number;
    }
    return total >= this.#settings.minVolume && failures / total >= this.#settings.threshold;
  }

  clear(): void {
    this.#totals.fill(0);
    this.#failures.fill(0);
  }

  #advance(): void {
    const slot = Math.floor(this.#clock.now() / (this.#settings.windowMs / SLOTS));
    const passed = Math.min(SLOTS, slot - this.#slot);
    for (let i = 1; i <= passed; i++) {
      const index = (this.#slot + i) % SLOTS;
      this.#totals[index] = 0;
      this.#failures[index] = 0;
    }
    // After a gap of a whole window every slot was cleared, whichever index comes next.
    this.#slot = slot;
  }
}
