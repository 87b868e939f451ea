import type { Config, GraphUpstreamConfig } from './config.ts';

/** The upstreams that take part in the graph. */
export function graphUpstreamsOf({ upstreams }: Pick<Config, 'upstreams'>): GraphUpstreamConfig[] {
  return upstreams.filter((upstream) => upstream.kind !== 'http');
}

/** Whether GraphQL is served; a gateway may have routes alone. */
export function hasGraph({ upstreams, supergraph }: Pick<Config, 'upstreams' | 'supergraph'>): boolean {
  return supergraph.source !== undefined || upstreams.some(({ kind }) => kind !== 'http');
}
