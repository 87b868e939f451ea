import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestContext } from '../edge/request-context.ts';

const tracer = trace.getTracer('weir');

export interface TrySpanFacts {
  readonly upstream: string;
  readonly endpoint: string;
  readonly method: string;
  readonly label: string | undefined;
  /** 0 for the first try. */
  readonly resendCount: number;
}

/**
 * The client span of one try (OpenTelemetry HTTP client conventions). Only below a span that records: where the request
 * is not sampled, the parent's ids are passed on as they are.
 */
export function startTrySpan(context: RequestContext, facts: TrySpanFacts): Span | undefined {
  const parent = trace.getSpan(context.traceContext);
  if (parent === undefined || !parent.isRecording()) return parent;
  const url = new URL(facts.endpoint);
  const span = tracer.startSpan(
    facts.label === undefined ? facts.method : `${facts.method} ${facts.label}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': facts.method,
        'server.address': url.hostname,
        'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
        'weir.upstream': facts.upstream,
      },
    },
    context.traceContext,
  );
  if (facts.resendCount > 0) span.setAttribute('http.request.resend_count', facts.resendCount);
  return span;
}

/** @param outcome The status of the answer, or the kind of failure. */
export function endTrySpan(span: Span | undefined, context: RequestContext, outcome: number | string): void {
  // The parent ends elsewhere.
  if (span === undefined || span === trace.getSpan(context.traceContext)) return;
  if (typeof outcome === 'number') span.setAttribute('http.response.status_code', outcome);
  if (typeof outcome === 'string' || outcome >= 400) {
    span.setAttribute('error.type', String(outcome));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
