import type { Clock } from '../clock.ts';
import { FailureRatio, type FailureRatioSettings } from './failure-ratio.ts';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly openMs: number;
  /** Longest time open. */
  readonly openMaxMs: number;
  /** Multiplies the time open with each probe that failed; 1: always the same. */
  readonly openGrowth: number;
  /** Successful probes in a row that close it. */
  readonly successes: number;
  /** Probes at the same time. */
  readonly probes: number;
  readonly ratio?: FailureRatioSettings | undefined;
}

export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly kind: 'half_open'; readonly probing: number; readonly successes: number; readonly openings: number };

/** Given by {@link Breaker.admit}; the state's generation, so that results of an earlier state are known as such. */
export type Permit = number;

/** No permit: the upstream is not to be touched. */
export const REFUSED = -1;

/**
 * The circuit breaker of an upstream, shared by all its routes. Every permit goes back exactly once: by `succeed`, `fail`,
 * or `release` where the try says nothing about the upstream (an abort by the client, a refusal of our own).
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #onChange: (from: BreakerState, to: BreakerState) => void;
  #settings: BreakerSettings;
  #ratio: FailureRatio | undefined;
  #state: BreakerState = { kind: 'closed', failures: 0 };
  #generation = 0;

  constructor(settings: BreakerSettings, clock: Clock, onChange: (from: BreakerState, to: BreakerState) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#settings = settings;
    this.#ratio = settings.ratio && new FailureRatio(settings.ratio, clock);
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** New figures after a reload; the state stays. */
  configure(settings: BreakerSettings): void {
    this.#settings = settings;
    this.#ratio = settings.ratio && new FailureRatio(settings.ratio, this.#clock);
  }

  /** A permit to try, or {@link REFUSED}. */
  admit(): Permit {
    if (this.#state.kind === 'closed') return this.#generation;
    if (this.#state.kind === 'open') {
      if (this.#clock.now() < this.#state.untilMs) return REFUSED;
      this.#become({ kind: 'half_open', probing: 0, successes: 0, openings: this.#state.openings });
    }
    if (this.#state.kind !== 'half_open' || this.#state.probing >= this.#settings.probes) return REFUSED;
    this.#state = { ...this.#state, probing: this.#state.probing + 1 };
    return this.#generation;
  }

  /** Whether {@link admit} would refuse now; takes no permit. */
  refuses(): boolean {
    const state = this.#state;
    if (state.kind === 'closed') return false;
    if (state.kind === 'open') return this.#clock.now() < state.untilMs;
    return state.probing >= this.#settings.probes;
  }

  /** Milliseconds until another try may be let through. */
  retryAfterMs(): number {
    return this.#state.kind === 'open' ? Math.max(0, this.#state.untilMs - this.#clock.now()) : 0;
  }

  succeed(permit: Permit): void {
    if (permit !== this.#generation) return;
    this.#ratio?.record(false);
    const state = this.#state;
    if (state.kind === 'closed') {
      if (state.failures > 0) this.#state = CLOSED;
    } else if (state.kind === 'half_open') {
      const successes = state.successes + 1;
      if (successes >= this.#settings.successes) this.close();
      else this.#state = { ...state, probing: state.probing - 1, successes };
    }
  }

  fail(permit: Permit): void {
    if (permit !== this.#generation) return;
    const state = this.#state;
    if (state.kind === 'closed') {
      this.#ratio?.record(true);
      const failures = state.failures + 1;
      this.#state = { kind: 'closed', failures };
      if (failures >= this.#settings.failures || this.#ratio?.isExceeded() === true) this.#open(1);
    } else if (state.kind === 'half_open') {
      this.#open(state.openings + 1);
    }
  }

  release(permit: Permit): void {
    if (permit !== this.#generation || this.#state.kind !== 'half_open') return;
    this.#state = { ...this.#state, probing: this.#state.probing - 1 };
  }

  /** What another gateway process saw: the upstream is to be left alone until then. */
  openUntil(untilMs: number): void {
    const openings = this.#state.kind === 'closed' ? 1 : this.#state.openings;
    this.#become({ kind: 'open', untilMs, openings });
  }

  /** What other gateway processes saw: so many failures in a row among all. */
  raiseFailures(failures: number): void {
    if (this.#state.kind === 'closed' && failures > this.#state.failures) this.#state = { kind: 'closed', failures };
  }

  close(): void {
    this.#ratio?.clear();
    if (this.#state.kind === 'closed') this.#state = CLOSED;
    else this.#become(CLOSED);
  }

  #open(openings: number): void {
    const { openMs, openGrowth, openMaxMs } = this.#settings;
    const lengthMs = Math.min(openMs * openGrowth ** (openings - 1), Math.max(openMs, openMaxMs));
    this.#become({ kind: 'open', untilMs: this.#clock.now() + lengthMs, openings });
  }

  #become(state: BreakerState): void {
    const from = this.#state;
    this.#state = state;
    this.#generation++;
    this.#onChange(from, state);
  }
}

const CLOSED: BreakerState = { kind: 'closed', failures: 0 };
