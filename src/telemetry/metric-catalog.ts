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
  'weir.listener.refusals': {
    kind: 'counter',
    unit: '{refusal}',
    help: 'Connections refused, and bytes that are no request, by the reason',
    labels: ['weir.listener', 'weir.reason'],
  },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'Time from sending an attempt to an upstream to the end of its answer',
    labels: ['weir.upstream', 'weir.outcome'],
  },
  'weir.upstream.retries': {
    kind: 'counter',
    unit: '{retry}',
    help: 'Retries sent, and retries not sent with the reason',
    labels: ['weir.upstream', 'weir.outcome'],
  },
  'weir.upstream.hedges': {
    kind: 'counter',
    unit: '{request}',
    help: 'Second tries beside a slow first',
    labels: ['weir.upstream'],
  },
  'weir.upstream.refusals': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests refused before they were sent: circuit open, no healthy endpoint, no time, at the concurrency limit',
    labels: ['weir.upstream', 'weir.reason'],
  },
  'weir.upstream.breaker_changes': {
    kind: 'counter',
    unit: '{change}',
    help: 'Changes of the circuit breaker, by the state that it went to',
    labels: ['weir.upstream', 'weir.state'],
  },
  'weir.upstream.canary_fallbacks': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests for a canary that stable answered since no endpoint of the canary is healthy',
    labels: ['weir.upstream'],
  },
  'weir.upstream.joined': {
    kind: 'counter',
    unit: '{request}',
    help: 'Queries that shared the request of an identical one under way',
    labels: ['weir.upstream'],
  },
  'weir.upstream.mirrored': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests copied to another upstream, by what became of the copy',
    labels: ['weir.upstream', 'weir.outcome'],
  },
  'weir.compression.input': {
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of answers before they got a content coding',
    labels: ['weir.coding'],
  },
  'weir.compression.output': {
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of answers with a content coding',
    labels: ['weir.coding'],
  },
  'weir.cache.requests': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests on routes that keep answers, by how they were answered',
    labels: ['http.route', 'weir.outcome'],
  },
  'weir.cache.stored': {
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of the bodies of answers that were put into the cache',
    labels: ['http.route'],
  },
  'weir.cache.renewals': {
    kind: 'counter',
    unit: '{renewal}',
    help: 'Stale answers that were renewed beside the request that met them, by what came of it',
    labels: ['http.route', 'weir.outcome'],
  },
  'weir.cache.invalidations': {
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that made what was kept for their URI invalid, by the route that keeps it',
    labels: ['http.route'],
  },
  'weir.cache.evictions': {
    kind: 'counter',
    unit: '{answer}',
    help: 'Answers that went from the memory of this process to make room',
    labels: [],
  },
  'weir.cache.store_changes': {
    kind: 'counter',
    unit: '{change}',
    help: 'Times that the store of the cache was lost and came back',
    labels: ['weir.state'],
  },
  'weir.cache.size': {
    kind: 'gauge',
    unit: 'By',
    help: 'What kept answers take of the memory of this process',
    labels: [],
  },
  'weir.auth.refusals': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests refused for their credential or by a policy, by the code of the error',
    labels: ['weir.code'],
  },
  'weir.auth.key_reads': {
    kind: 'counter',
    unit: '{read}',
    help: 'Reads of the keys of token issuers that brought new keys, or failed',
    labels: ['weir.outcome'],
  },
  'weir.policy.denials': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that a policy refused, or would have in a dry run',
    labels: ['weir.policy', 'weir.outcome'],
  },
  'weir.limit.exceeded': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests above a limit: refused, or let pass in a dry run',
    labels: ['weir.limit', 'weir.outcome'],
  },
  'weir.limit.store_changes': {
    kind: 'counter',
    unit: '{change}',
    help: 'Times that the store of the limits was lost and came back',
    labels: ['weir.state'],
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
    help: 'Operations that the preferred engine left to the other one',
    labels: ['weir.engine', 'weir.reason'],
  },
  'weir.graphql.limits': {
    kind: 'counter',
    unit: '{operation}',
    help: 'Operations beyond a limit of single operations, by the limit and whether it is enforced or only measured',
    labels: ['weir.limit', 'weir.mode'],
  },
  'weir.graphql.operation_cost': {
    kind: 'histogram',
    unit: '1',
    help: 'Estimated cost of GraphQL operations',
    labels: [],
  },
  'weir.graphql.failed': {
    kind: 'counter',
    unit: '{operation}',
    help: 'Operations that an engine itself failed to run; their clients got INTERNAL_ERROR',
    labels: ['weir.engine'],
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
