import { type Context, ROOT_CONTEXT, type Span, SpanKind, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';

/** The trace that a client request belongs to, and the gateway's own part in it. */
export interface ServerTrace {
  readonly traceId: string;
  /** The id of the gateway's part, as others are told of it (W3C Trace Context §3.2). */
  readonly traceparent: string;
  /** What other systems noted of the trace (W3C Trace Context §3.3). */
  readonly tracestate: string | undefined;
  /** Whether spans below it are of use to anybody. */
  readonly isRecording: boolean;
  /** Carries the server span. */
  readonly context: Context;
  /** To be called once. @param route The rule that answered. */
  end(method: string, route: string, status: number): void;
}

export type TraceHeaders = Readonly<Record<string, string | undefined>>;

/** A trace that nobody records here: ids for logs and upstreams, and the caller's decision to sample, are all there is. */
export class PassedTrace implements ServerTrace {
  readonly traceId: string;
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly isRecording = false;
  readonly #spanId: string;
  readonly #isSampled: boolean;
  readonly #state: TraceState | undefined;
  #context: Context | undefined;

  /** @param ids 48 random hexadecimal digits. */
  constructor(headers: TraceHeaders, ids: string) {
    const parent = headers.traceparent === undefined ? null : parseTraceParent(headers.traceparent);
    const traceId = parent === null ? ids.slice(0, 32) : parent.traceId;
    const spanId = ids.slice(32, 48);
    const isSampled = parent !== null && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    const state = parent === null || headers.tracestate === undefined ? undefined : new TraceState(headers.tracestate);
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
    this.tracestate = state?.serialize() || undefined;
    this.#spanId = spanId;
    this.#isSampled = isSampled;
    this.#state = state;
  }

  /** Made when somebody asks: a request of a route has no use for it. */
  get context(): Context {
    this.#context ??= trace.setSpanContext(ROOT_CONTEXT, {
      traceId: this.traceId,
      spanId: this.#spanId,
      traceFlags: this.#isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(this.#state !== undefined && { traceState: this.#state }),
    });
    return this.#context;
  }

  end(): void {}
}

/** A trace in which the gateway has a span. */
export class SpanTrace implements ServerTrace {
  readonly context: Context;
  readonly #span: Span;

  /** @param parent The context that the client's fields describe. */
  constructor(tracer: Tracer, parent: Context, method: string, path: string) {
    const attributes = { 'http.request.method': method, 'url.path': path };
    this.#span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    this.context = trace.setSpan(parent, this.#span);
  }

  get isRecording(): boolean {
    return this.#span.isRecording();
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  get tracestate(): string | undefined {
    return this.#span.spanContext().traceState?.serialize() || undefined;
  }

  end(method: string, route: string, status: number): void {
    this.#span.setAttributes({ 'http.response.status_code': status, 'http.route': route });
    this.#span.updateName(`${method} ${route}`);
    this.#span.end();
  }
}
