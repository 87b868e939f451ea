import { type Span, SpanKind, type Context as TraceContext, trace } from '@opentelemetry/api';
import { WeirError } from '../errors.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { CompiledEdge } from './create-edge.ts';
import type { RequestHead } from './edge.ts';
import { expiresAtMs } from './identity/expiry.ts';
import { type Decision, UNLIMITED } from './limits/decision.ts';
import type { OperationGate } from './operation-gate.ts';
import type { Identity, RequestContext } from './request-context.ts';

/** Facts that the parts of the journey leave for the access log. */
export interface RequestFacts {
  route: string;
  operationName?: string | undefined;
  engine?: string;
  errorCount?: number;
  /** Estimated cost of the GraphQL operation, for limits that count it. */
  operationCost?: number;
}

/** Everything that one client request owns: its context, its deadline, its span. `end` releases all of it. */
export class RequestScope implements RequestContext {
  readonly startedMs: number;
  readonly facts: RequestFacts = { route: 'none' };
  readonly scoped = new Map<object, unknown>();
  readonly headers: RequestHead['headers'];
  readonly requestId: string;
  readonly clientAddress: string;
  readonly traceContext: TraceContext;
  readonly span: Span;
  identity: Identity | null = null;
  readonly head: RequestHead;
  /** The rules that the request began with; a reload does not change them. */
  readonly edge: CompiledEdge;
  /** What was decided of its limits so far. */
  limits: Decision = UNLIMITED;
  /** Policies and limits that wait for a GraphQL operation; to be asked before it is run. `undefined`: all is judged. */
  operationGate: OperationGate | undefined;
  readonly #abortion = new AbortController();
  #deadlineMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(head: RequestHead, options: RequestScopeOptions) {
    this.head = head;
    this.edge = options.edge;
    this.startedMs = performance.now();
    this.headers = head.headers;
    this.requestId = options.requestId;
    this.clientAddress = options.clientAddress;
    this.#deadlineMs = this.startedMs + options.timeoutMs;
    const parent = options.tracing.extract(head.headers);
    this.span = options.tracing.tracer.startSpan(
      head.method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': head.method, 'url.path': head.path } },
      parent,
    );
    this.traceContext = trace.setSpan(parent, this.span);
    this.#timer = this.#startTimer(options.timeoutMs);
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** When the client's credential ends, milliseconds since the epoch; `Infinity`: it does not. */
  get expiresAtMs(): number {
    return expiresAtMs(this.identity);
  }

  /** Another total time than the gateway's own. @param timeoutMs From the start of the request. */
  setTimeout(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#deadlineMs = this.startedMs + timeoutMs;
    this.#timer = this.#startTimer(this.#deadlineMs - performance.now());
  }

  #startTimer(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.abort(new WeirError('DEADLINE_EXCEEDED')), delayMs).unref();
  }

  /**
   * For what goes on for long, a subscription or a tunnel: from now on no deadline ends it, but the end of the
   * credential that it was granted by (`UNAUTHENTICATED`).
   */
  endWithCredential(): void {
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
    this.#waitForExpiry();
  }

  #waitForExpiry(): void {
    const leftMs = this.expiresAtMs - Date.now();
    if (leftMs === Number.POSITIVE_INFINITY) return;
    if (leftMs <= 0) {
      this.abort(new WeirError('UNAUTHENTICATED', 'The credential has expired'));
      return;
    }
    this.#timer = setTimeout(() => this.#waitForExpiry(), Math.min(leftMs, LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#abortion.signal;
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  /** Of the server span: W3C Trace Context §3.2. */
  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  /** Stops all work for this request. */
  abort(reason: WeirError): void {
    this.#abortion.abort(reason);
  }

  /** To be called once, when the answer is out or the client has gone. */
  end(status: number): void {
    clearTimeout(this.#timer);
    this.span.setAttributes({ 'http.response.status_code': status, 'http.route': this.facts.route });
    this.span.updateName(`${this.head.method} ${this.facts.route}`);
    this.span.end();
  }
}

/** `setTimeout` takes 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface RequestScopeOptions {
  readonly edge: CompiledEdge;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly timeoutMs: number;
  readonly tracing: Tracing;
}
