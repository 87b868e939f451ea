import { type Context, ROOT_CONTEXT, type TextMapGetter, type Tracer, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';

/** Makes spans, and carries trace context between hops as W3C Trace Context defines it. */
export interface Tracing {
  readonly tracer: Tracer;
  /** The context that the client's `traceparent` and `tracestate` describe; a fresh one where they are absent or malformed. */
  extract(headers: Readonly<Record<string, string | undefined>>): Context;
  /** The `traceparent` and `tracestate` to send for the span in `context`. */
  inject(context: Context): Record<string, string>;
  close(): Promise<void>;
}

const getter: TextMapGetter<Readonly<Record<string, string | undefined>>> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => carrier[key],
};

/**
 * Trace ids exist also where nothing is exported, so that logs and upstreams can be correlated. Spans are exported by
 * OTLP/HTTP where `otlp_endpoint` is set. The process-wide provider of an embedding program is respected.
 */
export function createTracing(config: Config['telemetry']): Tracing {
  const propagator = new W3CTraceContextPropagator();
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': config.serviceName })),
    // A caller's decision to sample goes on to the upstreams, also where this gateway exports nothing.
    sampler: new ParentBasedSampler({
      root:
        config.otlpEndpoint === undefined ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(config.traceRatio),
    }),
    spanProcessors:
      config.otlpEndpoint === undefined
        ? []
        : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: config.otlpEndpoint }) })],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    tracer: provider.getTracer('weir'),
    extract: (headers) => propagator.extract(ROOT_CONTEXT, headers, getter),
    inject(context) {
      const carrier: Record<string, string> = {};
      propagator.inject(context, carrier, { set: (target, key, value) => (target[key] = value) });
      return carrier;
    },
    close: () => provider.shutdown(),
  };
}
