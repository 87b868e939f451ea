import { ROOT_CONTEXT, type TextMapGetter, trace } from '@opentelemetry/api';
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
import { randomDigits } from '../random-digits.ts';
import { PassedTrace, type ServerTrace, SpanTrace, type TraceHeaders } from './server-trace.ts';

/** Takes part in the traces of clients as W3C Trace Context defines it. */
export interface Tracing {
  /** Where the client's `traceparent` is absent or malformed, a trace begins. */
  begin(method: string, path: string, headers: TraceHeaders): ServerTrace;
  close(): Promise<void>;
}

const getter: TextMapGetter<TraceHeaders> = {
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
  const isAlone = trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer('weir');
  const records = config.otlpEndpoint !== undefined || !isAlone;
  return {
    begin(method, path, headers) {
      if (!records) return new PassedTrace(headers, randomDigits(48));
      return new SpanTrace(tracer, propagator.extract(ROOT_CONTEXT, headers, getter), method, path);
    },
    close: () => provider.shutdown(),
  };
}
