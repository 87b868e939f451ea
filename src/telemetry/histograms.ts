import { ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { MetricEntry } from './metric-catalog.ts';

/** More series of one metric are counted together, as OpenTelemetry does it. */
const MOST_SERIES = 2_000;

interface Series {
  readonly labels: Readonly<Record<string, string | number | boolean>>;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** A step on the way to a series: one label after the other. */
type Node = Map<string | number, Node | Series>;

/**
 * Histograms for OpenTelemetry's reader to collect. They count at every request, and sort and hash no attributes for that:
 * the labels of a metric are known from the catalog, and lead to their series one by one.
 */
export class Histograms implements MetricProducer {
  readonly #boundaries: readonly number[];
  readonly #metrics = new Map<string, RecordedHistogram>();
  readonly #startTime = now();

  /** @param boundaries Upper bounds, ascending. */
  constructor(boundaries: readonly number[]) {
    this.#boundaries = boundaries;
  }

  define(name: string, entry: MetricEntry): void {
    this.#metrics.set(name, new RecordedHistogram(name, entry, this.#boundaries));
  }

  record(name: string, labels: Readonly<Record<string, string | number>>, value: number): void {
    this.#metrics.get(name)?.record(labels, value);
  }

  async collect(): Promise<CollectionResult> {
    const metrics = [...this.#metrics.values()]
      .filter(({ isEmpty }) => !isEmpty)
      .map((histogram) => histogram.toMetricData(this.#startTime));
    const scopeMetrics = [{ scope: { name: 'weir' }, metrics }];
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
  }
}

class RecordedHistogram {
  readonly #name: string;
  readonly #entry: MetricEntry;
  readonly #boundaries: readonly number[];
  readonly #root: Node = new Map();
  readonly #all: Series[] = [];
  #overflow: Series | undefined;

  constructor(name: string, entry: MetricEntry, boundaries: readonly number[]) {
    this.#name = name;
    this.#entry = entry;
    this.#boundaries = boundaries;
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  record(labels: Readonly<Record<string, string | number>>, value: number): void {
    const series = this.#seriesOf(labels);
    let bucket = 0;
    while (bucket < this.#boundaries.length && value > (this.#boundaries[bucket] as number)) bucket++;
    series.counts[bucket] = (series.counts[bucket] as number) + 1;
    series.sum += value;
    series.count++;
  }

  toMetricData(startTime: [number, number]): HistogramMetricData {
    const endTime = now();
    const { unit, help } = this.#entry;
    const dataPoints = this.#all.map(
      ({ labels, counts, sum, count }): DataPoint<Histogram> => ({
        startTime,
        endTime,
        attributes: labels,
        value: { buckets: { boundaries: [...this.#boundaries], counts: [...counts] }, sum, count },
      }),
    );
    return {
      descriptor: { name: this.#name, description: help, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints,
    };
  }

  #seriesOf(labels: Readonly<Record<string, string | number>>): Series {
    const { labels: names } = this.#entry;
    const last = names.length - 1;
    let node = this.#root;
    for (let i = 0; i < last; i++) {
      const value = labels[names[i] as string] as string | number;
      let next = node.get(value) as Node | undefined;
      if (next === undefined) {
        if (this.#all.length >= MOST_SERIES) return this.#overflowing();
        next = new Map();
        node.set(value, next);
      }
      node = next;
    }
    const value = labels[names[last] as string] as string | number;
    const known = node.get(value) as Series | undefined;
    if (known !== undefined) return known;
    if (this.#all.length >= MOST_SERIES) return this.#overflowing();
    const series = this.#add({ ...labels });
    node.set(value, series);
    return series;
  }

  #overflowing(): Series {
    this.#overflow ??= this.#add({ 'otel.metric.overflow': true });
    return this.#overflow;
  }

  #add(labels: Series['labels']): Series {
    const series: Series = { labels, counts: new Array(this.#boundaries.length + 1).fill(0), sum: 0, count: 0 };
    this.#all.push(series);
    return series;
  }
}

function now(): [number, number] {
  const ms = Date.now();
  return [Math.trunc(ms / 1_000), (ms % 1_000) * 1e6];
}
