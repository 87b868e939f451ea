import * as z from 'zod';
import { fieldName } from './field-rules.ts';
import { duration, section } from './section.ts';

const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected a cookie name');

const key = section({
  query: z
    .union([z.literal('all'), z.array(z.string().min(1))])
    .default('all')
    .describe('Parameters of the query that answers depend on; all others are then not sent to the upstream'),
  headers: z
    .array(fieldName)
    .default([])
    .describe('Headers of the request that answers depend on, beside those that their `Vary` names'),
});

const bypass = section({
  headers: z.array(fieldName).default([]).describe('Requests with one of these headers pass beside the cache'),
  cookies: z.array(cookieName).default([]).describe('Requests with one of these cookies pass beside the cache'),
});

/** `cache:` of a route, in full. */
export const routeCache = section({
  default_ttl: duration(
    'How long answers 200, 203, 204, 300, 301 and 308 are fresh that do not say so themselves; default: they are not kept',
    { min: '1s' },
  ).optional(),
  negative_ttl: duration('The same for 404, 405, 410, 414 and 501', { min: '1s' }).optional(),
  stale_while_revalidate: duration(
    'How long after that an answer is given while it is renewed, where it does not say so itself (RFC 5861); default: never',
  ).optional(),
  stale_if_error: duration(
    'How long after that an answer is given where the upstream fails, where it does not say so itself (RFC 5861); default: never',
  ).optional(),
  key: key.prefault({}).describe('What answers depend on, beside scheme, host and path'),
  bypass: bypass.prefault({}).describe('What keeps a request from the cache'),
  client_control: z
    .boolean()
    .default(false)
    .describe(
      'Whether clients may ask for fresher or staler answers (`no-cache`, `max-age`, `min-fresh`, `max-stale`): each could then send all its requests past the cache',
    ),
});

export type RouteCacheDefinition = z.output<typeof routeCache>;
