/** Whether a series of checks says healthy: `fall` failures in a row take it away, `rise` successes in a row bring it back. */
export class ProbeCount {
  readonly #rise: number;
  readonly #fall: number;
  #healthy: boolean;
  #streak = 0;

  constructor(rise: number, fall: number, healthy: boolean) {
    this.#healthy = healthy;
    this.#rise = rise;
    this.#fall = fall;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** @returns Whether the verdict changed. */
  record(success: boolean): boolean {
    if (success === this.#healthy) {
      this.#streak = 0;
      return false;
    }
    this.#streak++;
    if (this.#streak < (success ? this.#rise : this.#fall)) return false;
    this.#healthy = success;
    this.#streak = 0;
    return true;
  }
}
