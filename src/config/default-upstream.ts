import type { GraphqlUpstreamConfig } from './config.ts';
import { type GraphqlUpstreamDefinition, upstreamSchema } from './schema/upstream.ts';

/** The config of a federated service of which only the URL is known, as a supergraph from elsewhere tells it. */
export function defaultUpstream(name: string, url: string): GraphqlUpstreamConfig {
  const definition = upstreamSchema.parse({ kind: 'graphql', url, federation: true }) as GraphqlUpstreamDefinition;
  return { ...definition, name, file: `supergraph, subgraph "${name}"`, endpoints: [{ url, weight: 1 }] };
}
