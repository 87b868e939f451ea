import type { Config, GraphUpstreamConfig } from './config.ts';

/** The upstreams that take part in the graph. */
export function graphUpstreamsOf({ upstreams }: Pick<Config, 'upstreams'>): GraphUpstreamConfig[] {
  return upstreams.filter((upstream) => upstream.kind !== 'http');
}

/** Whether GraphQL is served; a gateway may have routes alone. */
export function hasGraph(config: Pick<Config, 'upstreams' | 'supergraph'>): boolean {
  return config.supergraph.source !== undefined || graphUpstreamsOf(config).length > 0;
}
