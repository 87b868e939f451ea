import * as z from 'zod';
import { duration, section } from './section.ts';

/** `health:` of an upstream. */
export const health = section({
  path: z.string().startsWith('/').describe('Requested with GET; 2xx is healthy'),
  interval: duration('Time between checks', { min: '100ms' }).prefault('5s'),
  timeout: duration('A check that takes longer has failed; 5s at most', { min: '1ms', max: '5s' }).prefault('2s'),
  rise: z.number().int().positive().default(2).describe('Good checks in a row that bring an endpoint back'),
  fall: z.number().int().positive().default(3).describe('Failed checks in a row that take it out'),
  jitter: z.number().min(0).max(1).default(0.2).describe('Share by which the interval varies'),
});
