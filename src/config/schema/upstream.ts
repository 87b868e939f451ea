import * as z from 'zod';
import { canaryIsServed, exactlyOneOfUrlAndEndpoints, reached, someEndpointHasWeight } from './endpoints.ts';
import { entities } from './entities.ts';
import { headers } from './headers.ts';
import { upstreamAuth } from './identity.ts';
import { path } from './path.ts';
import { duration, section } from './section.ts';
import { traffic } from './traffic.ts';
import { transforms } from './transforms.ts';
import { transport } from './transport.ts';
import { upstreamErrors } from './upstream-errors.ts';

/** The form of an upstream's name. */
export const UPSTREAM_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

const named = {
  $schema: z.string().optional().describe('JSON Schema of the file, for editors; not read'),
  name: z
    .string()
    .regex(UPSTREAM_NAME, 'Expected a letter, then letters, digits, "_" and "-"')
    .optional()
    .describe("Unique name; default: the file's name without extension"),
};

/** Keys of every upstream that is reached over HTTP. */
const remote = {
  ...named,
  ...reached,
  timeout: duration('Longest wait for a whole answer', { min: '1ms' }).prefault('30s'),
  ...transport,
  traffic: traffic
    .prefault({})
    .describe('What is expected of the service; checks, alerts and pool sizes start from it'),
  auth: upstreamAuth.prefault({}).describe('What the gateway shows the service of itself and of the client'),
  headers: headers.prefault({}).describe('Headers sent to the service'),
};

/** Keys of every upstream that takes part in the graph and is reached over HTTP. */
const graphed = {
  ...remote,
  errors: upstreamErrors.prefault({}).describe("What becomes of the service's errors"),
  transforms: transforms.prefault({}).describe('How the schema is changed before it joins the graph'),
};

export const graphqlUpstream = section(
  {
    kind: z.literal('graphql').describe('A GraphQL service'),
    ...graphed,
    federation: z
      .union([z.boolean(), z.literal('auto')])
      .default('auto')
      .describe('Whether the service is a federation subgraph; auto: asked with `_service`'),
    schema: path('file', 'SDL file; default: read from the service').optional(),
    join_queries: z
      .boolean()
      .default(true)
      .describe('Let identical queries that are under way at the same time share one request'),
    entities: entities
      .default({})
      .describe('For a plain service, how to look up entities: `User: { key: id, lookup: "usersByIds(ids: $id)" }`'),
  },
  exactlyOneOfUrlAndEndpoints,
  someEndpointHasWeight,
  canaryIsServed,
);

const restUpstream = section(
  {
    kind: z.literal('rest').describe('A REST service, described by SDL with @source and @connect'),
    ...graphed,
    schema: path('file', 'SDL file with @source and @connect'),
  },
  exactlyOneOfUrlAndEndpoints,
  someEndpointHasWeight,
  canaryIsServed,
);

const httpUpstream = section(
  {
    kind: z.literal('http').describe('An HTTP service that only routes use'),
    ...remote,
  },
  exactlyOneOfUrlAndEndpoints,
  someEndpointHasWeight,
  canaryIsServed,
);

const localUpstream = section({
  kind: z.literal('local').describe('A subgraph that runs in the gateway'),
  ...named,
  schema: path('file', 'SDL file'),
  resolvers: path('file', 'TypeScript or JavaScript module whose default export is the resolver map'),
});

/** One file of `upstreams/`. */
export const upstreamSchema = z.discriminatedUnion('kind', [
  graphqlUpstream,
  restUpstream,
  httpUpstream,
  localUpstream,
]);

export type GraphqlUpstreamDefinition = z.output<typeof graphqlUpstream>;
export type RestUpstreamDefinition = z.output<typeof restUpstream>;
export type HttpUpstreamDefinition = z.output<typeof httpUpstream>;
export type LocalUpstreamDefinition = z.output<typeof localUpstream>;
export type UpstreamDefinition =
  | GraphqlUpstreamDefinition
  | RestUpstreamDefinition
  | HttpUpstreamDefinition
  | LocalUpstreamDefinition;
