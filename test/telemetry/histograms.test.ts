import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationType, MeterProvider } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { Histograms } from '../../src/telemetry/histograms.ts';
import type { MetricEntry } from '../../src/telemetry/metric-catalog.ts';

const BOUNDARIES = [0.001, 0.01, 0.1, 1];
const ENTRY: MetricEntry = { kind: 'histogram', unit: 's', help: 'How long', labels: ['a', 'b', 'c'] };

const serializer = new PrometheusSerializer('', false, undefined, true, true);
const show = async (reader: PrometheusExporter) =>
  serializer
    .serialize((await reader.collect()).resourceMetrics)
    .split('\n')
    .sort();

function ofOurs(): { histograms: Histograms; reader: PrometheusExporter } {
  const histograms = new Histograms(BOUNDARIES);
  histograms.define('x.duration', ENTRY);
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [histograms] });
  new MeterProvider({ readers: [reader] });
  return { histograms, reader };
}

test("they show what OpenTelemetry's own would show", async () => {
  const label = fc.constantFrom<string | number>('GET', 'POST', 200, 503, 'orders', '', '"');
  const value = fc.oneof(fc.constantFrom(0, ...BOUNDARIES), fc.double({ min: 0, max: 5, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(label, label, label, value), { maxLength: 50 }), async (records) => {
      const { histograms, reader } = ofOurs();
      const theirs = new PrometheusExporter({ preventServerStart: true });
      const aggregation = {
        type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
        options: { boundaries: BOUNDARIES },
      } as const;
      const provider = new MeterProvider({ readers: [theirs], views: [{ instrumentName: '*', aggregation }] });
      const instrument = provider
        .getMeter('weir')
        .createHistogram('x.duration', { unit: 's', description: 'How long' });
      for (const [a, b, c, each] of records) {
        histograms.record('x.duration', { a, b, c }, each);
        instrument.record(each, { a, b, c });
      }
      assert.deepEqual(await show(reader), await show(theirs));
    }),
    { numRuns: 50 },
  );
});

test('the number of series is bounded, and what is beyond is counted together', async () => {
  const { histograms, reader } = ofOurs();
  for (let i = 0; i < 5_000; i++) histograms.record('x.duration', { a: `${i}`, b: 'b', c: 'c' }, 0.5);
  const counts = (await show(reader)).filter((line) => /^x_duration\w*_count\{/.test(line));
  assert.equal(counts.length, 2_001);
  assert.ok(counts.some((line) => line.includes('otel_metric_overflow="true"') && line.endsWith(' 3000')));
});
