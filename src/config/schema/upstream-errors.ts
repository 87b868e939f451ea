import * as z from 'zod';
import { section } from './section.ts';

/** `errors:` of an upstream. */
export const upstreamErrors = section({
  mode: z
    .enum(['pass', 'wrap', 'mask'])
    .default('pass')
    .describe("What clients see of the upstream's errors: all of it; one error that wraps them; only a fixed message"),
  expose_upstream: z.boolean().default(false).describe("Put the upstream's name into `extensions.upstream`"),
});
