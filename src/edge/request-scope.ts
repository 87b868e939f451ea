import { type Span, SpanKind, type Context as TraceContext, trace } from '@opentelemetry/api';
import { WeirError } from '../errors.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { RequestHead } from './edge.ts';
import type { Identity, RequestContext } from './request-context.ts';

/** Facts that the parts of the journey leave for the access log. */
export interface RequestFacts {
  route: string;
  operationName?: string | undefined;
  /** Estimated cost of the GraphQL operation. */
  operationCost?: number;
  engine?: string;
  errorCount?: number;
}

/** Everything that one client request owns: its context, its deadline, its span. `end` releases all of it. */
export class RequestScope implements RequestContext {
  readonly startedMs: number;
  readonly facts: RequestFacts = { route: 'none' };
  readonly scoped = new Map<object, unknown>();
  readonly headers: RequestHead['headers'];
  readonly requestId: string;
  readonly clientAddress: string;
  readonly deadlineMs: number;
  readonly traceContext: TraceContext;
  readonly span: Span;
  identity: Identity | null = null;
  readonly head: RequestHead;
  readonly #abortion = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(head: RequestHead, options: RequestScopeOptions) {
    this.head = head;
    this.startedMs = performance.now();
    this.headers = head.headers;
    this.requestId = options.requestId;
    this.clientAddress = options.clientAddress;
    this.deadlineMs = this.startedMs + options.timeoutMs;
    const parent = options.tracing.extract(head.headers);
    this.span = options.tracing.tracer.startSpan(
      head.method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': head.method, 'url.path': head.path } },
      parent,
    );
    this.traceContext = trace.setSpan(parent, this.span);
    this.#timer = setTimeout(() => this.abort(new WeirError('DEADLINE_EXCEEDED')), options.timeoutMs);
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

export interface RequestScopeOptions {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly timeoutMs: number;
  readonly tracing: Tracing;
}
