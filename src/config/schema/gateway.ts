import * as z from 'zod';
import { duration, section } from './section.ts';

const server = section({
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: z.number().int().min(0).max(65_535).default(4000).describe('0: any free port'),
  trusted_proxies: z
    .array(z.string())
    .default([])
    .describe('Addresses and CIDR ranges whose forwarding and trace headers are believed'),
  headers_timeout: duration("Longest wait for the end of a request's headers").prefault('10s'),
  request_timeout: duration("Longest time from a request's headers to the end of the answer").prefault('30s'),
  shutdown_delay: duration('How long readiness fails before the listener closes').prefault('0s'),
  shutdown_grace: duration('How long requests in flight may go on after that').prefault('10s'),
});

const graphql = section({
  path: z.string().startsWith('/').default('/graphql'),
  engine: z
    .enum(['auto', 'compiled', 'stitch'])
    .default('auto')
    .describe('auto: compiled where it can, stitch for the rest'),
  graphiql: z.boolean().default(true).describe('Serve GraphiQL to browsers'),
  examples: z.string().optional().describe('A .graphql file; its operations open as tabs in GraphiQL'),
  introspection: z.boolean().default(true),
});

const supergraph = section({
  source: z
    .string()
    .optional()
    .describe('A supergraph file or URL, used as it is; default: composed from the upstreams'),
  poll_interval: duration('How often a supergraph URL is read again').prefault('10s'),
  snapshot: z
    .string()
    .default('supergraph.graphql')
    .describe('The committed supergraph that `weir compose --check` compares with'),
  state_dir: z.string().default('.weir').describe('Where the last good SDL of each upstream is kept'),
  retry_interval: duration('How often an upstream that could not be read is tried again').prefault('5s'),
});

const jwt = section({
  issuer: z.string().describe('Required `iss`'),
  audience: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('Accepted `aud`'),
  jwks: z.string().describe('URL or file of the JSON Web Key Set'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256', 'EdDSA']),
  clock_skew: duration('Tolerance for `exp` and `nbf`').prefault('5s'),
});

const auth = section({ jwt: jwt.optional().describe('Bearer tokens') });

const rateLimit = section({
  redis: z.string().optional().describe('redis:// or rediss:// URL; default: each process counts for itself'),
  fields: z
    .record(
      z.string().regex(/^\w+\.\w+$/, 'Expected "Type.field"'),
      z.strictObject({ max: z.number().int().positive(), window: z.string().describe('Such as "10s" or "1m"') }),
    )
    .default({})
    .describe('Per-field limits, as `@rateLimit` sets them in SDL'),
});

const telemetry = section({
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  access_log: z.boolean().default(true).describe('One line for each request'),
  otlp_endpoint: z.url().optional().describe('OTLP/HTTP endpoint for traces; default: no export'),
  trace_ratio: z.number().min(0).max(1).default(1).describe('Share of new traces that are sampled'),
  service_name: z.string().default('weir'),
});

/** `gateway.yaml`. */
export const gatewaySchema = section({
  server: server.prefault({}),
  graphql: graphql.prefault({}),
  supergraph: supergraph.prefault({}),
  upstreams: z
    .array(z.string())
    .default(['upstreams/*.yaml', 'upstreams/*.yml', 'upstreams/*.json'])
    .describe('Files of upstreams; `*` matches within a folder'),
  auth: auth.prefault({}),
  rate_limit: rateLimit.prefault({}),
  telemetry: telemetry.prefault({}),
  plugins: z
    .array(z.string())
    .default([])
    .describe('Modules whose default export is a Yoga or Envelop plugin, or a function that returns one'),
});

export type GatewayDefinition = z.output<typeof gatewaySchema>;
