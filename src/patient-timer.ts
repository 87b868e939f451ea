/** The clock that timers go by. */
export interface TimerClock<T> {
  /** Monotonic milliseconds. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): T;
  clearTimeout(timer: T): void;
}

/** A timer that is so late says that the process was kept from running: suspended, throttled, or busy for long. */
const LATE_MS = 20;
/** So much of the time in which it did not run is given back. */
const MOST_GIVEN_BACK_MS = 1_000;

/**
 * A timer for what others are given to answer. Node runs timers before it reads from connections: where the process was kept from
 * running, what is waited for may have come meanwhile, or be about to. It gets that time again, up to a second. A gateway that was
 * suspended would otherwise take all its upstreams for failed.
 */
export class PatientTimer<T> {
  readonly #clock: TimerClock<T>;
  readonly #callback: () => void;
  readonly #dueMs: number;
  #timer: T;

  /** @param delayMs Up to 2^31 - 1, as `setTimeout` takes it. */
  constructor(clock: TimerClock<T>, callback: () => void, delayMs: number) {
    this.#clock = clock;
    this.#callback = callback;
    this.#dueMs = clock.now() + delayMs;
    this.#timer = clock.setTimeout(this.#run, delayMs);
  }

  clear(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  readonly #run = (): void => {
    const lateMs = this.#clock.now() - this.#dueMs;
    if (lateMs <= LATE_MS) this.#callback();
    else this.#timer = this.#clock.setTimeout(this.#callback, Math.min(lateMs, MOST_GIVEN_BACK_MS));
  };
}
