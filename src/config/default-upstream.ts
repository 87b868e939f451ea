import type { GraphqlUpstreamConfig } from './config.ts';
import { graphqlUpstream } from './schema/upstream.ts';

/** The config of a federated service of which only the URL is known, as a supergraph from elsewhere tells it. */
export function defaultUpstream(name: string, url: string): GraphqlUpstreamConfig {
  const { url: _, ...definition } = graphqlUpstream.parse({ kind: 'graphql', url, federation: true });
  return { ...definition, name, file: `supergraph, subgraph "${name}"`, endpoints: [{ url, weight: 1 }] };
}
