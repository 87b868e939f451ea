import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Attributes, Counter, ObservableResult } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Histograms } from './histograms.ts';
import type { CounterName, GaugeName, HistogramName, MetricLabels, MetricName } from './metric-catalog.ts';
import { METRICS } from './metric-catalog.ts';

/** The gateway's own metrics; one registry for each gateway, not the process-wide one. */
export interface Metrics {
  add<N extends CounterName>(name: N, labels: MetricLabels<N>, amount?: number): void;
  /** `value` in the unit of the catalog: seconds for durations. */
  record<N extends HistogramName>(name: N, labels: MetricLabels<N>, value: number): void;
  /** Called at each scrape. */
  observe<N extends GaugeName>(name: N, read: () => Iterable<{ labels: MetricLabels<N>; value: number }>): void;
  /** The Prometheus text exposition, version 0.0.4. */
  scrape(): Promise<string>;
  close(): Promise<void>;
}

/** Upper bounds in seconds: fine below a millisecond, where the gateway's own share lies. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const histograms = new Histograms(DURATION_BUCKETS);
  // The exporter is only the reader to collect from: Weir serves the text on its own listener.
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [histograms] });
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('weir');
  const counters = new Map<MetricName, Counter>();
  for (const [name, entry] of Object.entries(METRICS) as [MetricName, (typeof METRICS)[MetricName]][]) {
    const { kind, unit, help } = entry;
    if (kind === 'counter') counters.set(name, meter.createCounter(name, { unit, description: help }));
    if (kind === 'histogram') histograms.define(name, entry);
  }

  const metrics: Metrics = {
    add(name, labels, amount = 1) {
      counters.get(name)?.add(amount, labels as Attributes);
    },
    record(name, labels, value) {
      histograms.record(name, labels, value);
    },
    observe(name, read) {
      const { unit, help } = METRICS[name];
      const gauge = meter.createObservableGauge(name, { unit, description: help });
      gauge.addCallback((result: ObservableResult) => {
        for (const { labels, value } of read()) result.observe(value, labels as Attributes);
      });
    },
    async scrape() {
      const { resourceMetrics } = await reader.collect();
      return serializer.serialize(resourceMetrics);
    },
    close: () => provider.shutdown(),
  };
  observeProcess(metrics);
  return metrics;
}

function observeProcess(metrics: Metrics): void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  metrics.observe('nodejs.eventloop.delay.p99', () => {
    const value = delay.percentile(99) / 1e9;
    delay.reset();
    return [{ labels: {}, value }];
  });
  metrics.observe('process.memory.usage', () => [{ labels: {}, value: process.memoryUsage.rss() }]);
}
