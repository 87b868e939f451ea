import { performance } from 'node:perf_hooks';
export interface StoreBreakerOptions {
  /** Failures in a row that open it; default 5. */
  readonly failures?: number;
  /** Milliseconds that it stays open before one call may try; default 1,000. */
  readonly openMs?: number;
  readonly now?: () => number;
}

type State =
  | { readonly is: 'closed'; readonly failures: number }
  | { readonly is: 'open'; readonly untilMs: number }
  | { readonly is: 'trying'; readonly sinceMs: number };

/** Keeps requests from each waiting out the deadline of a store that is gone. */
export class StoreBreaker {
  readonly #options: Required<StoreBreakerOptions>;
  #state: State = { is: 'closed', failures: 0 };

  constructor(options: StoreBreakerOptions = {}) {
    this.#options = { failures: 5, openMs: 1_000, now: () => performance.now(), ...options };
  }

  get isOpen(): boolean {
    return this.#state.is !== 'closed';
  }

  /** Whether the store may be asked; each permission is followed by `succeed` or `fail`. */
  tryEnter(): boolean {
    const state = this.#state;
    if (state.is === 'closed') return true;
    const now = this.#options.now();
    // One call tries for all; should its outcome never be told, another may after the same time.
    if (now < (state.is === 'open' ? state.untilMs : state.sinceMs + this.#options.openMs)) return false;
    this.#state = { is: 'trying', sinceMs: now };
    return true;
  }

  succeed(): void {
    this.#state = { is: 'closed', failures: 0 };
  }

  fail(): void {
    const state = this.#state;
    const failures = state.is === 'closed' ? state.failures + 1 : this.#options.failures;
    this.#state =
      failures >= this.#options.failures
        ? { is: 'open', untilMs: this.#options.now() + this.#options.openMs }
        : { is: 'closed', failures };
  }
}
