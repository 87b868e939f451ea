import * as z from 'zod';
import { browsers } from './browsers.ts';
import { cache } from './cache.ts';
import { compression } from './compression.ts';
import { graphql } from './graphql.ts';
import { auth } from './identity.ts';
import { rateLimit } from './limits.ts';
import { path } from './path.ts';
import { proxy } from './proxy.ts';
import { route } from './routes.ts';
import { section } from './section.ts';
import { server } from './server.ts';
import { supergraph } from './supergraph.ts';
import { telemetry } from './telemetry.ts';

/** Where upstream files are looked for unless the main file says otherwise. */
export const DEFAULT_UPSTREAMS = ['upstreams/*.yaml', 'upstreams/*.yml', 'upstreams/*.json'];

/** `gateway.yaml`. One file beside this one for each section. */
export const gatewaySchema = section({
  $schema: z.string().optional().describe('JSON Schema of the file, for editors; not read'),
  server: server.prefault({}).describe('The listener'),
  graphql: graphql.prefault({}).describe('The GraphQL endpoint'),
  supergraph: supergraph.prefault({}).describe('Where the graph comes from and is kept'),
  upstreams: z
    .array(z.string().min(1))
    .default(DEFAULT_UPSTREAMS)
    .describe('Files of upstreams; `*` matches within a folder, `**` across folders'),
  routes: z.array(route).default([]).describe('REST routes beside the graph'),
  proxy: proxy.prefault({}).describe('What routes have in common'),
  cache: cache.prefault({}).describe('Where answers of routes are kept'),
  auth: auth.prefault({}).describe('Who clients are'),
  rate_limit: rateLimit.prefault({}).describe('How often clients may ask'),
  browsers: browsers.prefault({}).describe('What browsers may do: origins, forged requests, security headers'),
  compression: compression.prefault({}).describe('Content codings of answers'),
  telemetry: telemetry.prefault({}).describe('Logs, metrics and traces'),
  plugins: z
    .array(path('module', 'Module of one plugin'))
    .default([])
    .describe('Modules whose default export is a Yoga or Envelop plugin, or a function that returns one'),
});

export type GatewayDefinition = z.output<typeof gatewaySchema>;
