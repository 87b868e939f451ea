export interface GradientSettings {
  readonly min: number;
  readonly max: number;
  /** Answers may be slower than the best by this share before the limit falls. */
  readonly buffer: number;
  /** Answers between two adjustments. */
  readonly window: number;
}

/** The best answer time is forgotten by this share per window, so that a service that became slower for good is not throttled forever. */
const FORGET = 0.02;

/**
 * An adaptive limit: `limit × gradient + √limit`, where the gradient is the best answer time over the present one, at most
 * 1 and at least 0.5. While the service keeps its pace the limit grows; when its queue grows, the limit falls.
 */
export class Gradient {
  readonly #settings: GradientSettings;
  #limit: number;
  #best = Number.POSITIVE_INFINITY;
  #sum = 0;
  #count = 0;
  #busiest = 0;

  constructor(settings: GradientSettings) {
    this.#settings = settings;
    this.#limit = settings.min;
  }

  get limit(): number {
    return this.#limit;
  }

  /**
   * @param running Requests on their way with this one.
   * @returns Whether the limit changed.
   */
  record(latencyMs: number, running: number): boolean {
    this.#sum += latencyMs;
    this.#count++;
    this.#busiest = Math.max(this.#busiest, running);
    if (this.#count < this.#settings.window) return false;
    const sample = this.#sum / this.#count;
    const busiest = this.#busiest;
    this.#sum = 0;
    this.#count = 0;
    this.#busiest = 0;
    this.#best = Math.min(this.#best * (1 + FORGET), sample);
    const gradient = Math.max(0.5, Math.min(1, (this.#best * (1 + this.#settings.buffer)) / sample));
    const wanted = this.#limit * gradient + Math.sqrt(this.#limit);
    // A limit that nobody reaches says nothing about what the service can bear.
    if (wanted > this.#limit && busiest < this.#limit / 2) return false;
    const limit = Math.max(this.#settings.min, Math.min(this.#settings.max, Math.round(wanted)));
    const changed = limit !== this.#limit;
    this.#limit = limit;
    return changed;
  }
}
