import type { GraphqlUpstreamConfig } from '../../../src/config/config.ts';
import { type GraphqlUpstreamDefinition, upstreamSchema } from '../../../src/config/schema/upstream.ts';

/** The config of a GraphQL upstream as its file would give it; keys as in YAML. */
export function graphqlUpstreamConfig(
  url: string,
  keys: Readonly<Record<string, unknown>> = {},
): GraphqlUpstreamConfig {
  const {
    url: _,
    endpoints,
    ...definition
  } = upstreamSchema.parse({ kind: 'graphql', url, ...keys }) as GraphqlUpstreamDefinition;
  return {
    ...definition,
    name: 'reviews',
    file: '/conf/upstreams/reviews.yaml',
    endpoints: endpoints ?? [{ url, weight: 1 }],
  };
}
