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

/** The other gateway processes that use the upstream. Told of what happens here; tells by the methods of {@link Breaker}. */
export interface BreakerPeers {
  /** A failure while closed. */
  failed(): void;
  /** A success that ends a series of failures. */
  recovered(): void;
  changed(to: BreakerState): void;
  /** Whether this process is the one that probes. */
  mayProbe(): boolean;
}

/**
 * The circuit breaker of an upstream, shared by all its routes. Every permit goes back exactly once: by `succeed`, `fail`,
 * or `release` where the try says nothing about the upstream (an abort by the client, a refusal of our own).
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #onChange: (from: BreakerState, to: BreakerState) => void;
  #settings: BreakerSettings;
  #ratio: FailureRatio | undefined;
  #peers: BreakerPeers | undefined;
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

  join(peers: BreakerPeers): void {
    this.#peers = peers;
  }

  /** Does nothing where others have joined since. */
  leave(peers: BreakerPeers): void {
    if (this.#peers === peers) this.#peers = undefined;
  }

  /** A permit to try, or {@link REFUSED}. */
  admit(): Permit {
    if (this.#state.kind === 'closed') return this.#generation;
    if (this.#state.kind === 'open') {
      if (this.#clock.now() < this.#state.untilMs) return REFUSED;
      this.#become({ kind: 'half_open', probing: 0, successes: 0, openings: this.#state.openings });
    }
    if (this.#state.kind !== 'half_open' || this.#state.probing >= this.#settings.probes) return REFUSED;
    if (this.#peers !== undefined && !this.#peers.mayProbe()) return REFUSED;
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
      if (state.failures === 0) return;
      this.#state = CLOSED;
      this.#peers?.recovered();
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
      else this.#peers?.failed();
    } else if (state.kind === 'half_open') {
      this.#open(state.openings + 1);
    }
  }

  release(permit: Permit): void {
    if (permit !== this.#generation || this.#state.kind !== 'half_open') return;
    this.#state = { ...this.#state, probing: this.#state.probing - 1 };
  }

  /** A peer opened it. */
  openFor(durationMs: number): void {
    const openings = this.#state.kind === 'closed' ? 1 : this.#state.openings;
    this.#become({ kind: 'open', untilMs: this.#clock.now() + durationMs, openings });
  }

  /** So many failures in a row were counted here and by the peers; the last one was here. */
  setFailures(failures: number): void {
    if (this.#state.kind === 'closed' && failures >= this.#settings.failures) this.#open(1);
    else this.noteFailures(failures);
  }

  /** So many failures in a row were counted; whoever counted the last one opens it. */
  noteFailures(failures: number): void {
    if (this.#state.kind !== 'closed') return;
    const counted = Math.min(failures, this.#settings.failures - 1);
    this.#state = counted === 0 ? CLOSED : { kind: 'closed', failures: counted };
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
    this.#peers?.changed(state);
  }
}

const CLOSED: BreakerState = { kind: 'closed', failures: 0 };
