import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { GET, reach } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';

test('each try is a client span below the span of the request, and its ids are sent', async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  t.after(() => trace.disable());
  let status = 503;
  const server = await startServer(t, (_, response) => {
    response.writeHead(status).end();
    status = 200;
  });
  const root = trace.getTracer('test').startSpan('root', {}, ROOT_CONTEXT);
  const traceContext = trace.setSpan(ROOT_CONTEXT, root);
  const { upstream } = reach(t, server.url, transportSchema.parse({ retry: { base: '1ms' } }));
  await upstream.send({ ...GET, label: 'Query.items' }, contextOf({ traceContext }));
  const spans = exporter.getFinishedSpans();
  assert.deepEqual(
    spans.map((span) => [
      span.name,
      span.kind,
      span.status.code,
      span.attributes['http.response.status_code'],
      span.attributes['http.request.resend_count'],
    ]),
    [
      ['GET Query.items', SpanKind.CLIENT, SpanStatusCode.ERROR, 503, undefined],
      ['GET Query.items', SpanKind.CLIENT, SpanStatusCode.UNSET, 200, 1],
    ],
  );
  assert.ok(spans.every((span) => span.parentSpanContext?.spanId === root.spanContext().spanId));
  assert.deepEqual(
    server.requests.map(({ headers }) => headers.traceparent?.toString().split('-')[2]),
    spans.map((span) => span.spanContext().spanId),
  );
});
