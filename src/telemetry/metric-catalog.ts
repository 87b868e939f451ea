/** One metric: what it counts, its unit (UCUM) and the only labels that it may carry. */
export interface MetricEntry {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Every metric that Weir exports, by its OpenTelemetry name; a metric exists only if it is listed here.
 * Prometheus shows dots as underscores and adds the unit. `docs/metrics.md` lists exactly this table.
 */
export const METRICS = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'Time from the head of a client request to the end of its answer',
    labels: ['http.request.method', 'http.route', 'http.response.status_code'],
  },
  'http.server.active_requests': { kind: 'gauge', unit: '{request}', help: 'Client requests in flight', labels: [] },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'Time from sending an attempt to an upstream to the end of its answer',
    labels: ['weir.upstream', 'weir.outcome'],
  },
  'weir.graphql.operations': {
    kind: 'counter',
    unit: '{operation}',
    help: 'GraphQL operations executed, by the engine that ran them and whether the answer has errors',
    labels: ['weir.engine', 'weir.outcome'],
  },
  'weir.graphql.declined': {
    kind: 'counter',
    unit: '{operation}',
    help: 'Operations that the compiled engine left to the stitch engine',
    labels: ['weir.reason'],
  },
  'weir.supergraph.reloads': {
    kind: 'counter',
    unit: '{reload}',
    help: 'Supergraphs put into service or refused',
    labels: ['weir.outcome'],
  },
  'weir.upstream.state': {
    kind: 'gauge',
    unit: '1',
    help: 'How an upstream takes part in the graph: 2 live, 1 pinned to its last good schema, 0 absent',
    labels: ['weir.upstream'],
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    help: 'Event loop delay, 99th percentile since the last scrape',
    labels: [],
  },
  'process.memory.usage': { kind: 'gauge', unit: 'By', help: 'Resident set size', labels: [] },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof METRICS;
export type MetricLabels<N extends MetricName> = Readonly<
  Record<(typeof METRICS)[N]['labels'][number], string | number>
>;
type NamesOf<K extends MetricEntry['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;
export type GaugeName = NamesOf<'gauge'>;
