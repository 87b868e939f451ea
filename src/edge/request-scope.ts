import { performance } from 'node:perf_hooks';
import type { Context as TraceContext } from '@opentelemetry/api';
import type { Deadline, DeadlineQueue } from '../deadline-queue.ts';
import { WeirError } from '../errors.ts';
import type { ServerTrace } from '../telemetry/server-trace.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { Abortion } from './abort-source.ts';
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
  /** How a route that keeps answers came to this one. */
  cache?: string;
}

/** Everything that one client request owns: its context, its deadline, its part in a trace. `end` releases all of it. */
export class RequestScope implements RequestContext, Deadline {
  readonly startedMs: number;
  readonly facts: RequestFacts = { route: 'none' };
  readonly headers: RequestHead['headers'];
  readonly requestId: string;
  readonly clientAddress: string;
  deadlineMs: number;
  readonly trace: ServerTrace;
  identity: Identity | null = null;
  /** Of a route, once it is let in: without the client's credentials, as it is sent on. `headers` keeps them. */
  head: RequestHead;
  /** The rules that the request began with; a reload does not change them. */
  readonly edge: CompiledEdge;
  /** What was decided of its limits so far. */
  limits: Decision = UNLIMITED;
  /** What of it the headers of the answer tell already. */
  limitsTold: Decision = UNLIMITED;
  /** Policies and limits that wait for a GraphQL operation; to be asked before it is run. `undefined`: all is judged. */
  operationGate: OperationGate | undefined;
  readonly aborts = new Abortion();
  dueMs: number = Number.POSITIVE_INFINITY;
  earlier: Deadline | undefined;
  later: Deadline | undefined;
  readonly #deadlines: RequestScopeOptions['deadlines'];
  #scoped: Map<object, unknown> | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(head: RequestHead, options: RequestScopeOptions) {
    this.head = head;
    this.edge = options.edge;
    this.startedMs = performance.now();
    this.headers = head.headers;
    this.requestId = options.requestId;
    this.clientAddress = options.clientAddress;
    this.deadlineMs = this.startedMs + options.timeoutMs;
    this.trace = options.tracing.begin(head.method, head.path, head.headers);
    this.#deadlines = options.deadlines;
    this.#deadlines.add(this, this.deadlineMs);
  }

  /** When the client's credential ends, milliseconds since the epoch; `Infinity`: it does not. */
  get expiresAtMs(): number {
    return expiresAtMs(this.identity);
  }

  /**
   * For what goes on for long, a subscription or a tunnel: from now on no deadline ends it, but the end of the
   * credential that it was granted by (`UNAUTHENTICATED`).
   */
  endWithCredential(): void {
    this.setTimeout(Number.POSITIVE_INFINITY);
    this.#waitForExpiry();
  }

  #waitForExpiry(): void {
    const leftMs = this.expiresAtMs - Date.now();
    if (leftMs === Number.POSITIVE_INFINITY) return;
    if (leftMs <= 0) {
      this.abort(new WeirError('UNAUTHENTICATED', 'The credential has expired'));
      return;
    }
    this.#expiry = setTimeout(() => this.#waitForExpiry(), Math.min(leftMs, LONGEST_TIMER_MS));
    this.#expiry.unref();
  }

  get signal(): AbortSignal {
    return this.aborts.signal;
  }

  get scoped(): Map<object, unknown> {
    this.#scoped ??= new Map();
    return this.#scoped;
  }

  get traceContext(): TraceContext {
    return this.trace.context;
  }

  get passedTrace(): ServerTrace | undefined {
    return this.trace.isRecording ? undefined : this.trace;
  }

  get traceId(): string {
    return this.trace.traceId;
  }

  /** Of the server span: W3C Trace Context §3.2. */
  get traceparent(): string {
    return this.trace.traceparent;
  }

  /** Stops all work for this request. */
  abort(reason: WeirError): void {
    this.aborts.abort(reason);
  }

  /**
   * Another total time than the gateway's own.
   * @param timeoutMs From the start of the request; `Infinity`: none.
   */
  setTimeout(timeoutMs: number): void {
    this.deadlineMs = this.startedMs + timeoutMs;
    this.#deadlines.remove(this);
    this.#deadlines.add(this, this.deadlineMs);
  }

  onDue(): void {
    this.abort(new WeirError('DEADLINE_EXCEEDED'));
  }

  /** To be called once, when the answer is out or the client has gone. */
  end(status: number): void {
    clearTimeout(this.#expiry);
    this.#deadlines.remove(this);
    this.trace.end(this.head.method, this.facts.route, status);
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
  /** Of all requests. */
  readonly deadlines: Pick<DeadlineQueue<unknown>, 'add' | 'remove'>;
}
