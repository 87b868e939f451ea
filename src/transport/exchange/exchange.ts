import type { Dispatcher } from 'undici';
import type { Clock, Timer } from '../clock.ts';
import { classify, Failure, type FailureKind } from './failure.ts';

/** When and why a running try is given up. */
export interface Limits {
  readonly clock: Clock;
  /** The client's; one listener, removed when the exchange ends. */
  readonly signal: AbortSignal;
  /** The client's deadline, to tell it from the client's leaving. */
  readonly deadlineMs: number;
  /** Milliseconds for the whole exchange; `Infinity`: none. */
  readonly timeoutMs: number;
  /** What running into `timeoutMs` is called. */
  readonly timeoutKind: FailureKind;
  /** Milliseconds to the head of the answer; `Infinity`: none. */
  readonly headTimeoutMs: number;
}

/** Given as the reason to the HTTP client, which would otherwise build an error for each abort. */
const GIVEN_UP = new Error('The exchange was given up');

/**
 * One try: a request on its way and its answer. Ends exactly once in `result`, whatever the HTTP client, the clock and
 * the client do, and holds no timer or listener after that.
 */
export abstract class Exchange<R> implements Dispatcher.DispatchHandler {
  readonly result: Promise<R | Failure>;
  /** `performance.now()` of the head of the answer; 0 before. */
  headMs = 0;
  /** What ended it before the answer was complete. */
  failure: Failure | undefined;
  protected controller: Dispatcher.DispatchController | undefined;
  protected readonly limits: Limits;
  #resolve!: (result: R | Failure) => void;
  #timer: Timer | undefined;
  #headTimer: Timer | undefined;
  #settled = false;
  #ended = false;
  #onEnded: (() => void) | undefined;

  constructor(limits: Limits) {
    this.limits = limits;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { clock, signal, timeoutMs, headTimeoutMs, timeoutKind } = limits;
    signal.addEventListener('abort', this);
    if (timeoutMs < Number.POSITIVE_INFINITY) this.#timer = clock.setTimeout(() => this.giveUp(timeoutKind), timeoutMs);
    if (headTimeoutMs < timeoutMs) {
      this.#headTimer = clock.setTimeout(() => this.giveUp('timeout'), headTimeoutMs);
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether any byte of the request may be with the upstream. */
  get sent(): boolean {
    return this.controller !== undefined;
  }

  /** Calls back once nothing more comes; at once if that is so. */
  whenEnded(callback: () => void): void {
    if (this.#ended) {
      callback();
      return;
    }
    const former = this.#onEnded;
    this.#onEnded =
      former === undefined
        ? callback
        : () => {
            former();
            callback();
          };
  }

  /** Ends the exchange from our side; the connection is closed, since the answer on it is of no use. */
  giveUp(kind: FailureKind): void {
    this.end(new Failure(kind, this.sent));
    this.controller?.abort(GIVEN_UP);
  }

  /** The client's signal. */
  handleEvent(): void {
    this.giveUp(this.limits.clock.now() >= this.limits.deadlineMs ? 'deadline' : 'aborted');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: throwing here leaves the connection open for others, aborting would not.
    if (this.#ended) throw GIVEN_UP;
    this.controller = controller;
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#ended) this.end(classify(error, this.sent));
  }

  /** Resolves `result`; the body may still be on its way. */
  protected settle(result: R | Failure): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(result);
  }

  /** No more comes: releases timers and the listener. Without `result`, the head of the answer has settled it before. */
  protected end(result?: R | Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    if (result instanceof Failure) this.failure = result;
    this.limits.signal.removeEventListener('abort', this);
    this.stopTimeout();
    this.stopHeadTimeout();
    if (result !== undefined) this.settle(result);
    this.#onEnded?.();
  }

  protected stopTimeout(): void {
    if (this.#timer !== undefined) this.limits.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected stopHeadTimeout(): void {
    if (this.#headTimer !== undefined) this.limits.clock.clearTimeout(this.#headTimer);
    this.#headTimer = undefined;
  }
}
