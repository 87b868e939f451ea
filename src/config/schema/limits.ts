import * as z from 'zod';
import { allDiffer } from './all-differ.ts';
import { redisTarget } from './redis-target.ts';
import { duration, type SectionRule, section } from './section.ts';

const WINDOW = /^\d+(ms|s|m|h|d)$/;

const fieldLimit = z.strictObject({
  max: z.number().int().positive().describe('Calls allowed in a window'),
  window: z
    .string()
    .regex(WINDOW, 'Expected a duration such as "10s" or "1m"')
    .describe('Length of the window, such as "10s" or "1m"'),
  message: z.string().optional().describe('Message of the refusal; `{{id}}` is the client'),
  identityArgs: z.array(z.string()).optional().describe('Arguments whose values are counted apart'),
  arrayLengthField: z.string().optional().describe('An argument; a call costs as much as the list in it is long'),
});

const key = z
  .string()
  .regex(
    /^(address|api_key|user|tier|route|operation|global|claim:.+|header:[A-Za-z0-9-]+)$/,
    'Expected address, api_key, user, tier, route, operation, global, claim:<path> or header:<name>',
  );

const match = section({
  kinds: z
    .array(z.enum(['graphql', 'rest']))
    .optional()
    .describe('Default: both'),
  routes: z.array(z.string()).optional().describe('Names of REST routes; default: all'),
  operations: z.array(z.string()).optional().describe('Names of GraphQL operations; default: all'),
  methods: z.array(z.string()).optional().describe('HTTP methods; default: all'),
  tiers: z.array(z.string()).optional().describe('Tiers of the identity; default: all'),
  anonymous: z.boolean().optional().describe('Only clients without (true) or with (false) an identity; default: both'),
});

const listSize = section({
  list_size: z
    .string()
    .regex(/^\w+\.\w+\(\w+:\)$/, 'Expected the coordinate of an argument, such as "Query.users(ids:)"')
    .describe('Argument whose list is counted, as a schema coordinate such as "Query.users(ids:)"'),
});

const burstIsOfBucket: SectionRule = {
  check({ burst, algorithm }) {
    if (burst === undefined || algorithm === 'token_bucket') return undefined;
    return {
      message: '"burst" is what a token bucket lets through at once, and the limit is none',
      path: ['burst'],
      hint: 'Add `algorithm: token_bucket`, or remove the key',
    };
  },
};

const leaseIsOfLeased: SectionRule = {
  check({ lease, mode }) {
    if (lease === undefined || mode === 'leased') return undefined;
    return {
      message: '"lease" is what an instance takes at once in mode "leased", and the limit has another',
      path: ['lease'],
      hint: 'Add `mode: leased`, or remove the key',
    };
  },
};

const limit = section(
  {
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'Expected a letter, then at most 63 letters, digits, "_", "." and "-"')
      .describe('Unique; names the policy in headers, and its counters'),
    by: z
      .union([key, z.array(key).min(1)])
      .default('address')
      .describe(
        'Whom it counts: address (IPv6 by /64), api_key, user, tier, route, operation, global, claim:<path>, header:<name>; several: their combination',
      ),
    algorithm: z
      .enum(['sliding_window', 'token_bucket'])
      .default('sliding_window')
      .describe('sliding_window: smooth; token_bucket: a burst, then a steady rate (GCRA)'),
    max: z.number().int().positive().describe('Cost allowed in a window'),
    window: duration('Length of the window', { min: '1ms' }),
    burst: z.number().int().positive().optional().describe('Token bucket: cost that may come at once; default: `max`'),
    tiers: z.record(z.string(), z.number().int().positive()).default({}).describe('`max` of single tiers'),
    cost: z
      .union([z.number().int().positive(), z.literal('operation'), listSize])
      .default(1)
      .describe(
        'Cost of a request: a number; operation: the estimated cost of a GraphQL operation; list_size: the length of a list in it. 1 at least, and for requests without an operation',
      ),
    match: match.prefault({}).describe('Which requests it counts; default: all'),
    mode: z
      .enum(['exact', 'leased'])
      .default('exact')
      .describe(
        'exact: the store decides each request; leased: an instance takes `lease` at once, and at most instances × lease pass beyond the limit',
      ),
    lease: z.number().int().positive().optional().describe('Cost taken at once; default: a hundredth of `max`'),
    on_store_failure: z
      .enum(['local', 'open', 'closed'])
      .default('local')
      .describe('Without the store: each instance lets its share pass; everything passes; nothing does'),
    count_rejected: z.boolean().default(false).describe('Count refused requests too: who does not wait is not let in'),
    expose: z.boolean().default(true).describe('Show it in response headers'),
    dry_run: z.boolean().default(false).describe('Count what it would refuse, and refuse nothing'),
  },
  burstIsOfBucket,
  leaseIsOfLeased,
);

/** `rate_limit:` of gateway.yaml. */
export const rateLimit = section(
  {
    redis: redisTarget
      .optional()
      .describe(
        'redis:// or rediss:// URL of the shared counters, Sentinels, or a Cluster; default: each process counts for itself',
      ),
    redis_namespace: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/)
      .default('weir')
      .describe(
        'Gateways of one namespace share counters; in a Cluster, all of them live on one node, which decides all limits of a request in one step',
      ),
    redis_deadline: duration('Longest wait for the store before `on_store_failure` decides', {
      min: '1ms',
      max: '5s',
    }).prefault('50ms'),
    max_keys: z
      .number()
      .int()
      .min(100)
      .default(100_000)
      .describe('Keys that a process remembers; the longest unused go first'),
    limits: z.array(limit).default([]).describe('Limits of requests; a request must pass all that match it'),
    fields: z
      .record(z.string().regex(/^\w+\.\w+$/, 'Expected "Type.field"'), fieldLimit)
      .default({})
      .describe('Limits by "Type.field", as `@rateLimit` sets them in SDL'),
  },
  allDiffer('limits', 'name', 'Names of limits'),
);

export type RateLimitDefinition = z.output<typeof rateLimit>;
