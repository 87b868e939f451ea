import type { Duplex } from 'node:stream';
import type { Deadline, DeadlineQueue } from '../../deadline-queue.ts';
import type { AbortSource } from '../../edge/abort-source.ts';
import type { Clock, Timer } from '../clock.ts';
import type { AnswerHandler, OutgoingRequest } from '../endpoint/connections.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';
import type { WireRequest } from '../endpoint/wire-request.ts';
import { classify, Failure, type FailureKind, kindOfAbort } from './failure.ts';

/** When and why a running try is given up. */
export interface Limits {
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue<Timer>;
  /** The client's; one listener, removed when the exchange ends. */
  readonly signal: AbortSource;
  /** The client's. */
  readonly deadlineMs: number;
  /** When the try begins, on the scale of `clock`. */
  readonly startedMs: number;
  /** Milliseconds for the whole exchange; `Infinity`: none. */
  readonly timeoutMs: number;
  /** What running into `timeoutMs` is called. */
  readonly timeoutKind: FailureKind;
  /** Milliseconds to the head of the answer; `Infinity`: none. */
  readonly headTimeoutMs: number;
}

/**
 * One try: a request on its way and its answer. Ends exactly once in `result`, whatever the connection, the clock and the
 * client do, and holds no deadline or listener after that.
 */
export abstract class Exchange<R> implements AnswerHandler, Deadline {
  readonly result: Promise<R | Failure>;
  /** `performance.now()` of the head of the answer; 0 before. */
  headMs = 0;
  /** What ended it before the answer was complete. */
  failure: Failure | undefined;
  dueMs: number = Number.POSITIVE_INFINITY;
  earlier: Deadline | undefined;
  later: Deadline | undefined;
  protected wire: WireRequest | undefined;
  protected readonly limits: Limits;
  #resolve!: (result: R | Failure) => void;
  #endMs: number;
  #sent = false;
  #settled = false;
  #ended = false;
  #countedAt: Endpoint | undefined;
  #onEnded: (() => void) | undefined;

  constructor(limits: Limits) {
    this.limits = limits;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { deadlines, signal, startedMs, timeoutMs, headTimeoutMs } = limits;
    this.#endMs = startedMs + timeoutMs;
    signal.addEventListener('abort', this);
    deadlines.add(this, startedMs + Math.min(timeoutMs, headTimeoutMs));
  }

  /** Puts the request on its way. */
  start(endpoint: Endpoint, request: OutgoingRequest): void {
    const wire = endpoint.dispatch(request, this);
    if (!this.#ended) this.wire = wire;
  }

  /** Counts as a request of the endpoint until it ends. */
  countAt(endpoint: Endpoint): void {
    if (this.#ended) return;
    endpoint.inFlight++;
    this.#countedAt = endpoint;
  }

  get ended(): boolean {
    return this.#ended;
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
    if (this.#ended) return;
    const { wire } = this;
    this.end(new Failure(kind, this.#sent));
    wire?.abort();
  }

  /** The client's signal. */
  handleEvent(): void {
    this.giveUp(kindOfAbort(this.limits.signal.reason));
  }

  onDue(nowMs: number): void {
    const { startedMs, headTimeoutMs, timeoutKind } = this.limits;
    const headEndMs = this.headMs === 0 ? startedMs + headTimeoutMs : Number.POSITIVE_INFINITY;
    if (nowMs >= this.#endMs) this.giveUp(timeoutKind);
    else if (nowMs >= headEndMs) this.giveUp('timeout');
    else this.reschedule(headEndMs);
  }

  onStart(): void {
    this.#sent = true;
  }

  onInformational(_status: number, _headers: readonly string[]): void {}

  abstract onHead(status: number, statusText: string, headers: readonly string[]): void;
  abstract onData(chunk: Buffer): void;
  abstract onEnd(trailers: readonly string[]): void;

  onUpgrade(_headers: readonly string[], socket: Duplex): void {
    // Nobody asked for it.
    socket.destroy();
  }

  onError(error: Error, sent: boolean): void {
    if (!this.#ended) this.end(classify(error, sent));
  }

  /** Resolves `result`; the body may still be on its way. */
  protected settle(result: R | Failure): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(result);
  }

  /** No more comes: releases deadline and listener. Without `result`, the head of the answer has settled it before. */
  protected end(result?: R | Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.wire = undefined;
    if (result instanceof Failure) this.failure = result;
    this.limits.signal.removeEventListener('abort', this);
    this.limits.deadlines.remove(this);
    if (this.#countedAt !== undefined) this.#countedAt.inFlight--;
    if (result !== undefined) this.settle(result);
    this.#onEnded?.();
  }

  /** The head is here; the time for it counts no more. */
  protected noteHead(): void {
    this.headMs = this.limits.clock.now();
  }

  /** From now on it may take as long as it wishes. */
  protected stopTimeout(): void {
    this.#endMs = Number.POSITIVE_INFINITY;
  }

  /** Has itself called at the end of the exchange, or at `dueMs` where that is before. */
  protected reschedule(dueMs: number): void {
    if (this.#ended) return;
    this.limits.deadlines.remove(this);
    this.limits.deadlines.add(this, Math.min(dueMs, this.#endMs));
  }
}
