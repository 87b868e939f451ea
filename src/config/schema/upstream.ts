import * as z from 'zod';
import { duration, section, size } from './section.ts';
import { endpoint, transport } from './transport.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name');

const headerRules = section({
  send: z.record(headerName, z.string()).default({}).describe('Headers sent with every request, with fixed values'),
  forward: z
    .array(
      z.union([
        headerName,
        z.strictObject({
          name: headerName.describe("The client's header"),
          as: headerName.optional().describe('Sent under this name instead'),
          default: z.string().optional().describe('Sent where the client has no such header'),
        }),
        z.strictObject({ matching: z.string().describe('Regular expression over lower-case header names') }),
      ]),
    )
    .default([])
    .describe("Headers copied from the client's request"),
});

const traffic = section({
  peak_rps: z.number().positive().optional().describe('Requests per second expected at peak'),
  p95_ms: z.number().positive().optional().describe('Expected 95th percentile of the answer time, in milliseconds'),
  max_body: size('The largest answer expected').optional(),
});

const errors = section({
  mode: z
    .enum(['pass', 'wrap', 'mask'])
    .default('pass')
    .describe("What clients see of the upstream's errors: all of it; one error that wraps them; only a fixed message"),
  expose_upstream: z.boolean().default(false).describe("Put the upstream's name into `extensions.upstream`"),
});

const typeOrField = z.string().regex(/^\w+(\.\w+)?$/, 'Expected "Type" or "Type.field"');
const transforms = section({
  rename_types: z.record(z.string(), z.string()).default({}).describe('Upstream name: name in the graph'),
  rename_fields: z
    .record(z.string().regex(/^\w+\.\w+$/), z.string())
    .default({})
    .describe('"Type.field" of the upstream: name in the graph'),
  prefix_types: z
    .string()
    .optional()
    .describe('Put before every type name but the root types, scalars of the specification and renamed types'),
  prefix_fields: z.string().optional().describe('Put before every root field name that is not renamed'),
  hide: z.array(typeOrField).default([]).describe('Types and fields that the graph does not get'),
});

const shared = {
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/)
    .describe("Unique; default: the file's name without extension")
    .optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The one endpoint; or use `endpoints`'),
  endpoints: z.array(endpoint).min(1).optional().describe('Several endpoints of one service'),
  timeout: duration('Longest wait for a whole answer').prefault('30s'),
  ...transport,
  traffic: traffic
    .prefault({})
    .describe('What is expected of the service; checks, alerts and pool sizes start from it'),
  headers: headerRules.prefault({}),
  errors: errors.prefault({}),
  transforms: transforms.prefault({}),
};

const graphqlUpstream = section({
  kind: z.literal('graphql').describe('A GraphQL service'),
  ...shared,
  federation: z
    .union([z.boolean(), z.literal('auto')])
    .default('auto')
    .describe('Whether the service is a federation subgraph; auto: asked with `_service`'),
  schema: z.string().optional().describe('SDL file; default: read from the service'),
  entities: z
    .record(
      z.string(),
      z.union([
        z.strictObject({ key: z.string(), lookup: z.string() }),
        z.array(z.strictObject({ key: z.string(), lookup: z.string() })).min(1),
      ]),
    )
    .default({})
    .describe(
      'For a plain service: how to look up entities, such as `User: { key: id, lookup: "usersByIds(ids: $id)" }`',
    ),
});

const restUpstream = section({
  kind: z.literal('rest').describe('A REST service, described by SDL with @source and @connect'),
  ...shared,
  schema: z.string().describe('SDL file with @source and @connect'),
});

const localUpstream = section({
  kind: z.literal('local').describe('A subgraph that runs in the gateway'),
  name: shared.name,
  schema: z.string().describe('SDL file'),
  resolvers: z.string().describe('TypeScript or JavaScript module whose default export is the resolver map'),
});

/** One file of `upstreams/`. */
export const upstreamSchema = z.discriminatedUnion('kind', [
  graphqlUpstream,
  restUpstream,
  localUpstream,
] as never) as unknown as z.ZodType<GraphqlUpstreamDefinition | RestUpstreamDefinition | LocalUpstreamDefinition>;

export type GraphqlUpstreamDefinition = z.output<typeof graphqlUpstream>;
export type RestUpstreamDefinition = z.output<typeof restUpstream>;
export type LocalUpstreamDefinition = z.output<typeof localUpstream>;
