import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** Appends `traceparent` and `tracestate` (W3C Trace Context §3) to `pairs`. */
export function addTraceParent(pairs: string[], span: SpanContext | undefined): void {
  if (span === undefined || !isSpanContextValid(span)) return;
  const sampled = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  pairs.push('traceparent', `00-${span.traceId}-${span.spanId}-${sampled}`);
  const state = span.traceState?.serialize();
  if (state) pairs.push('tracestate', state);
}
