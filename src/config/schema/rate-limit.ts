import * as z from 'zod';
import { facts } from './facts.ts';
import { redisUrl } from './redis-url.ts';
import { section } from './section.ts';

// Stays a text: the form is also that of `@rateLimit(window:)`.
const window = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'Expected a duration such as "10s" or "1m"')
  .describe('Length of the window, such as "10s" or "1m"');
facts.add(window, { type: 'duration' });

const fieldLimit = z.strictObject({
  max: z.number().int().positive().describe('Calls allowed in a window'),
  window,
});

/** `rate_limit:` of gateway.yaml. */
export const rateLimit = section({
  redis: redisUrl(
    'redis:// or rediss:// URL of the shared counters; default: each process counts for itself',
  ).optional(),
  fields: z
    .record(z.string().regex(/^\w+\.\w+$/, 'Expected "Type.field"'), fieldLimit)
    .default({})
    .describe('Limits by "Type.field", as `@rateLimit` sets them in SDL'),
});
