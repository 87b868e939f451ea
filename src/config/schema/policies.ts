import * as z from 'zod';
import { addressRange } from './address-range.ts';
import { allDiffer } from './all-differ.ts';
import { section } from './section.ts';

const texts = z.array(z.string().min(1)).min(1);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a time such as "08:30"');

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const target = section({
  kinds: z
    .array(z.enum(['graphql', 'rest']))
    .min(1)
    .optional()
    .describe('Default: both'),
  routes: texts.optional().describe('Names of REST routes; default: all'),
  operations: texts.optional().describe('Names of GraphQL operations; default: all'),
  methods: texts.optional().describe('HTTP methods; default: all'),
  paths: texts.optional().describe('`*` stands for one segment, `**` at the end for any rest, also none; default: all'),
});

const condition = section({
  authenticated: z.boolean().optional().describe('Whether the client is known'),
  roles_any: texts.optional().describe('The identity has one of these roles'),
  roles_all: texts.optional().describe('The identity has all of these roles'),
  scopes_any: texts.optional().describe('The identity has one of these scopes'),
  scopes_all: texts.optional().describe('The identity has all of these scopes'),
  tiers: texts.optional().describe('The tier of the identity is one of these'),
  claims: z
    .record(
      z.string().min(1),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]),
    )
    .optional()
    .describe('Paths into the claims and what is there: the value, one of the values, or a list that has one of them'),
  addresses: z
    .array(addressRange())
    .min(1)
    .optional()
    .describe('The client is in one of these addresses and CIDR ranges'),
  hours: z
    .strictObject({
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .min(1)
        .optional()
        .describe('Days of the week; default: all'),
      from: time.optional().describe('Time of day from which it holds; default: midnight'),
      to: time.optional().describe('Time of day before which it holds; default: midnight'),
      timezone: z
        .string()
        .refine(isTimeZone, 'Expected an IANA time zone such as "Europe/Berlin"')
        .default('UTC')
        .describe('IANA name of the time zone'),
    })
    .optional()
    .describe('On these days from one time up to, not including, the other; over midnight where the second is earlier'),
});

const policy = section({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/)
    .describe('Unique; in logs and metrics, never in an answer'),
  effect: z.enum(['allow', 'deny']).describe('deny wins over allow'),
  match: target.prefault({}).describe('The requests that it is about; default: all'),
  when: condition.prefault({}).describe('All that is given must hold; nothing given holds always'),
  dry_run: z.boolean().default(false).describe('Only count what it would change'),
});

/** `policies:` within `auth:` of gateway.yaml. */
export const policies = section(
  {
    default: z
      .enum(['allow', 'deny'])
      .default('allow')
      .describe('For requests that no `allow` policy is about; where one is, one of them must hold'),
    rules: z.array(policy).default([]).describe('The policies; their order does not matter'),
    named: z
      .record(z.string().min(1), condition)
      .default({})
      .describe('Conditions by the names that `@policy` uses; all that is given must hold'),
  },
  allDiffer('rules', 'id', 'Ids of policies'),
);

export type PoliciesDefinition = z.output<typeof policies>;
