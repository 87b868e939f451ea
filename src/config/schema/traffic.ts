import * as z from 'zod';
import { section, size } from './section.ts';

/** `traffic:` of an upstream. */
export const traffic = section({
  peak_rps: z.number().positive().optional().describe('Requests per second expected at peak'),
  p95_ms: z.number().positive().optional().describe('Expected 95th percentile of the answer time, in milliseconds'),
  max_body: size('The largest answer expected', { min: '1B' }).optional(),
});
