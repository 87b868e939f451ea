import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { PassedTrace } from '../../edge/request-context.ts';

/** Appends `traceparent` and `tracestate` (W3C Trace Context §3) to `pairs`. */
export function addTraceParent(pairs: string[], span: SpanContext | undefined): void {
  if (span === undefined || !isSpanContextValid(span)) return;
  const sampled = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  pairs.push('traceparent', `00-${span.traceId}-${span.spanId}-${sampled}`);
  const state = span.traceState?.serialize();
  if (state) pairs.push('tracestate', state);
}

/** The same of a trace that is only passed on. */
export function addPassedTrace(pairs: string[], { traceparent, tracestate }: PassedTrace): void {
  pairs.push('traceparent', traceparent);
  if (tracestate !== undefined) pairs.push('tracestate', tracestate);
}
