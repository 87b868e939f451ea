import type { Context as TraceContext } from '@opentelemetry/api';
import { Abortion } from '../../edge/abort-source.ts';
import type { Identity, PassedTrace } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import type { Clock, Timer } from '../../transport/clock.ts';
import type { RouteScope } from '../route-exchange.ts';

/** A request that goes on beyond its deadline with nobody to end it ends after so many milliseconds. */
const LONGEST_ALONE_MS = 60_000;

/**
 * The scope of a request to the upstream whose answer is to be kept: that of the client who caused it, but it outlives that client where
 * others wait for the answer. It then has the time that the client's request had.
 */
export class FillScope implements RouteScope {
  readonly requestId: string;
  readonly headers: RouteScope['headers'];
  readonly clientAddress: string;
  readonly identity: Identity | null;
  readonly traceContext: TraceContext;
  readonly passedTrace: PassedTrace | undefined;
  readonly head: RouteScope['head'];
  readonly facts: RouteScope['facts'];
  readonly startedMs: number;
  readonly aborts = new Abortion();
  deadlineMs: number;
  readonly #cause: RouteScope;
  readonly #clock: Clock;
  readonly #isWanted: () => boolean;
  #scoped: Map<object, unknown> | undefined;
  #timer: Timer | undefined;
  #isEnded = false;

  /** @param isWanted Whether somebody else wants the answer, once the client has gone. */
  constructor(cause: RouteScope, clock: Clock, isWanted: () => boolean) {
    this.requestId = cause.requestId;
    this.headers = cause.headers;
    this.clientAddress = cause.clientAddress;
    this.identity = cause.identity;
    this.traceContext = cause.traceContext;
    this.passedTrace = cause.passedTrace;
    this.head = cause.head;
    this.facts = { route: cause.facts.route };
    this.startedMs = cause.startedMs;
    this.deadlineMs = cause.deadlineMs;
    this.#cause = cause;
    this.#clock = clock;
    this.#isWanted = isWanted;
    this.#abortsOf(cause).addEventListener('abort', this);
  }

  get signal(): AbortSignal {
    return this.aborts.signal;
  }

  get scoped(): Map<object, unknown> {
    this.#scoped ??= new Map();
    return this.#scoped;
  }

  /** Goes on without the client, for as long as a request of this kind may take. */
  detach(): void {
    this.#abortsOf(this.#cause).removeEventListener('abort', this);
    if (this.#isEnded || this.#timer !== undefined) return;
    const wholeMs = this.#cause.deadlineMs - this.#cause.startedMs;
    const leftMs = Number.isFinite(wholeMs) ? wholeMs : LONGEST_ALONE_MS;
    this.deadlineMs = this.#clock.now() + leftMs;
    this.#timer = this.#clock.setTimeout(() => this.aborts.abort(new WeirError('DEADLINE_EXCEEDED')), leftMs);
  }

  /** The client has gone, or its time is up. */
  handleEvent(): void {
    if (this.#isWanted()) this.detach();
    else this.aborts.abort(abortReason(this.#cause));
  }

  /** Nothing is to be waited for any more. */
  end(): void {
    this.#isEnded = true;
    this.#abortsOf(this.#cause).removeEventListener('abort', this);
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  endWithCredential(): void {
    this.#cause.endWithCredential();
  }

  #abortsOf(scope: RouteScope): NonNullable<RouteScope['aborts']> {
    return scope.aborts ?? scope.signal;
  }
}

/** Why a scope was ended. */
export function abortReason({ signal }: RouteScope): WeirError {
  return signal.reason instanceof WeirError ? signal.reason : new WeirError('CLIENT_CLOSED_REQUEST');
}
