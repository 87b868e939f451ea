import * as z from 'zod';
import { addressRange } from './address-range.ts';
import { certificateHasKey } from './certificate-has-key.ts';
import { health } from './health.ts';
import { httpUrl } from './http-url.ts';
import { path } from './path.ts';
import { redisUrl } from './redis-url.ts';
import { duration, section, size } from './section.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name');
const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected a cookie name');
const percent = z.number().min(0).max(100);
const status = z.number().int().min(400).max(599);

const tls = section(
  {
    ca: path('file', 'PEM file of the authorities to trust instead of the public ones').optional(),
    cert: path('file', 'PEM file of the client certificate and its chain').optional(),
    key: path('file', 'PEM file of the key of the client certificate').optional(),
    passphrase: z.string().optional().describe('Passphrase of the key'),
    server_name: z.string().optional().describe("Name asked for (SNI) and verified; default: the URL's host"),
    verify: z.boolean().default(true).describe('Verify the certificate; false only for tests'),
    min_version: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is spoken'),
  },
  certificateHasKey,
);

const connections = section({
  max: z.number().int().positive().default(1024).describe('Most connections to one endpoint'),
  connect_timeout: duration('Longest wait for a connection, TLS included').prefault('2s'),
  keep_alive: duration(
    'How long an idle connection is kept, unless the service says that it keeps it for less. Where it says nothing, one of HTTP/1.1 that has rested for 4s takes only what may be repeated',
  ).prefault('60s'),
  http2: z
    .enum(['off', 'alpn', 'h2c'])
    .default('off')
    .describe('alpn: HTTP/2 where the service chooses it in the TLS handshake; h2c: HTTP/2 without TLS'),
  dns_ttl: duration('Host names are resolved again at least this often, sooner where their TTL is shorter').prefault(
    '30s',
  ),
  compression: z
    .enum(['identity', 'gzip'])
    .default('identity')
    .describe('What buffered requests accept; gzip saves bandwidth and costs CPU'),
});

const timeouts = section({
  upload: duration('Longest exchange that sends a streamed body').prefault('300s'),
  response_header: duration('Longest wait for the head of the answer; default: only the total counts').optional(),
  continue: duration(
    'Longest wait for the 100 Continue of an upload whose client waits for it; then the body is sent all the same',
  ).prefault('1s'),
  idle: duration('Longest silence while a streamed answer runs').prefault('60s'),
  per_try: duration('Longest single try; default: only the total counts').optional(),
  deadline_header: z
    .union([z.literal(false), headerName])
    .default('x-request-deadline-ms')
    .describe('Carries the milliseconds that are left to the upstream; false: not sent'),
});

const balance = section({
  algorithm: z
    .enum(['least_requests', 'round_robin', 'hash'])
    .default('least_requests')
    .describe('least_requests: the less busy of two random endpoints; hash: the same key reaches the same endpoint'),
  hash_by: z
    .string()
    .regex(/^(address|(header|cookie|claim):.+)$/, 'Expected "address", "header:NAME", "cookie:NAME" or "claim:NAME"')
    .default('address')
    .describe('The key of `hash`; a request without it goes by least requests'),
  bounded_load: z
    .number()
    .min(1.05)
    .default(1.25)
    .describe('`hash` passes over an endpoint with more than this times the average load'),
  zone: z.string().optional().describe('The zone of the gateway'),
  slow_start: duration(
    'Time over which an endpoint that is new, or was out, gets from a tenth of its weight to all of it; default: at once',
    { min: '100ms' },
  ).optional(),
  affinity: section({
    cookie: cookieName.default('weir_affinity').describe('Name of the cookie'),
    secret: z.string().min(16).describe('Signs the cookie (HMAC-SHA-256)'),
    max_age: duration('How long a client stays with its endpoint').prefault('1h'),
  })
    .optional()
    .describe('Keep a client on its endpoint with a signed cookie'),
});

const pin = section({
  header: headerName.optional().describe('Header whose value names the version'),
  cookie: cookieName.optional().describe('Cookie whose value names the version'),
  roles: z.array(z.string()).default([]).describe('Roles whose holders may pin'),
  scopes: z.array(z.string()).default([]).describe('Scopes whose holders may pin'),
  addresses: z.array(addressRange()).default([]).describe('Addresses and CIDR ranges from which anyone may pin'),
});

const judge = section({
  steps: z.array(percent).min(1).default([1, 5, 25, 50, 100]).describe('Percentages, one after the other'),
  interval: duration('How long each step is watched').prefault('60s'),
  min_samples: z.number().int().positive().default(100).describe('Fewest answers of each side; fewer: hold'),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.95)
    .describe('Certainty that the 5xx rate of the canary is higher, above which it fails'),
  max_p95_ratio: z.number().min(1).default(1.5).describe('Highest p95 of the canary, relative to stable'),
  max_failures: z.number().int().positive().default(2).describe('Failed checks in a row that roll back'),
  webhook: httpUrl('Each decision is posted here as JSON').optional(),
  state_file: path('place', 'Keeps the step across restarts where there is no `redis`').optional(),
});

const canary = section({
  version: z.string().describe('The `version` of the endpoints that are tried out'),
  weight: percent.default(0).describe('Percentage of the clients that get it; with a judge: where it starts'),
  salt: z.string().optional().describe("Another salt draws other clients; default: the upstream's name"),
  key: z
    .array(z.enum(['user', 'api_key', 'cookie', 'address']))
    .min(1)
    .default(['user', 'api_key', 'cookie', 'address'])
    .describe('What makes a client the same client; the first that the request has'),
  cookie: cookieName.default('session').describe('The cookie of `key`'),
  pin: pin.optional().describe('Lets trusted testers choose the version'),
  judge: judge.optional().describe('Raises or withdraws the weight by itself'),
});

const breaker = section({
  failures: z.number().int().positive().default(5).describe('Failures in a row that open it'),
  open: duration('How long it stays open before a probe').prefault('30s'),
  open_max: duration('Longest time open where `open_growth` is above 1').prefault('300s'),
  open_growth: z.number().min(1).default(1).describe('Multiplies the time open with each failed probe'),
  successes: z.number().int().positive().default(3).describe('Successful probes in a row that close it'),
  probes: z.number().int().positive().default(1).describe('Probes at the same time'),
  statuses: z.array(status).default([502, 503, 504]).describe('Answers that count as failures'),
  ratio: section({
    threshold: z.number().gt(0).max(1).default(0.5).describe('Share of failures that opens it'),
    min_volume: z.number().int().positive().default(20).describe('Fewest answers in the window'),
    window: duration('The window').prefault('10s'),
  })
    .optional()
    .describe('Opens it also by the share of failures'),
});

const ejection = section({
  failures: z.number().int().positive().default(5).describe('Failures in a row that eject an endpoint'),
  duration: duration('First time out; multiplied by the number of ejections in a row').prefault('30s'),
  max_duration: duration('Longest time out').prefault('300s'),
  max_percent: percent.default(50).describe('Most endpoints out at once; one may always go'),
});

const retry = section({
  attempts: z.number().int().min(0).max(10).default(2).describe('Tries after the first'),
  base: duration('The first wait is random up to this; each further one up to twice as much').prefault('25ms'),
  max: duration('Longest wait').prefault('250ms'),
  budget_ratio: z.number().min(0).max(1).default(0.2).describe('Retries that each request pays for'),
  budget_floor: z.number().min(0).default(10).describe('Retries per second that need not be paid for'),
  max_body: size('A larger body is not sent twice').prefault('64KiB'),
  idempotency_key: headerName.default('idempotency-key').describe('A request with this header may be repeated'),
  hedge_after: duration('A second try of a read starts beside the first after this; default: never').optional(),
});

const concurrency = section({
  limit: z.number().int().positive().default(1024).describe('Most requests at once in each gateway process'),
  queue: z.number().int().min(0).default(128).describe('Requests that may wait for their turn'),
  queue_timeout: duration('Longest wait for a turn').prefault('1s'),
  adaptive: section({
    min: z.number().int().positive().default(8).describe('Lowest limit'),
    buffer: z.number().min(0).default(0.25).describe('Slower answers than the best by this share are tolerated'),
    window: z.number().int().positive().default(50).describe('Answers between two adjustments'),
  })
    .optional()
    .describe('Adjust the limit below `limit` to the answer times'),
  high_tiers: z.array(z.string()).default([]).describe('Tiers of identities that are served first under pressure'),
  low_tiers: z.array(z.string()).default([]).describe('Tiers of identities that wait longest and are refused first'),
});

const mirror = section({
  to: z.string().describe('Name of the upstream that gets the copies'),
  percent: percent.default(100).describe('Share of the requests that is copied'),
  unsafe: z.boolean().default(false).describe('Copy requests that are not safe (RFC 9110 §9.2.1) as well'),
  max_body: size('A request with a larger body is not copied').prefault('64KiB'),
  timeout: duration('Longest wait for the copy').prefault('5s'),
  max_pending: z.number().int().positive().default(64).describe('Copies at once; more are dropped and counted'),
  compare: z.boolean().default(false).describe('Compare the answers as JSON and count the differences'),
});

const off = z.literal(false);

/** Keys of an upstream file about how the service is reached. */
export const transport = {
  health: health.optional().describe('Active checks of every endpoint'),
  tls: tls.prefault({}).describe('TLS to `https` endpoints'),
  connections: connections.prefault({}).describe('The pool of connections to each endpoint'),
  timeouts: timeouts.prefault({}).describe('Longest waits within an exchange; `timeout` bounds the whole'),
  balance: balance.prefault({}).describe('Which endpoint takes a request'),
  canary: canary.optional().describe('Tries a new version out on a part of the clients; default: none'),
  breaker: z
    .union([off, breaker])
    .prefault({})
    .describe('Sends nothing for a while to a service that fails; false: none'),
  ejection: z.union([off, ejection]).prefault({}).describe('Takes single failing endpoints out; false: never'),
  when_all_unhealthy: z
    .enum(['fail', 'try_all'])
    .default('try_all')
    .describe('Where no endpoint is healthy: refuse with 503, or try them all the same'),
  retry: z.union([off, retry]).prefault({}).describe('Repeats what failed where that does no harm; false: never'),
  concurrency: z
    .union([off, concurrency])
    .prefault({})
    .describe('Bounds the requests under way and those that wait; false: no limit'),
  mirror: mirror.optional().describe('Copies requests to another upstream'),
  redis: redisUrl(
    'redis:// or rediss:// URL; the breaker and the canary are then shared by all gateway processes',
  ).optional(),
};

/** {@link transport} alone, for code that configures an upstream without a file. */
export const transportSchema = section(transport);
export type TransportDefinition = z.output<typeof transportSchema>;
