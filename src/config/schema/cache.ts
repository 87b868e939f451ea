import * as z from 'zod';
import { redisTarget } from './redis-target.ts';
import { duration, type SectionRule, section, size } from './section.ts';

const sizeIsOfMemory: SectionRule = {
  check({ redis, max_size }) {
    if (redis === undefined || max_size === undefined) return undefined;
    return {
      message: '"max_size" is about answers that are kept in memory, and these are kept in Redis',
      path: ['max_size'],
      hint: 'Set `maxmemory` and `maxmemory-policy allkeys-lru` in Redis, and remove the key',
    };
  },
};

/** `cache:` of gateway.yaml. */
export const cache = section(
  {
    max_size: size(
      'Most bytes of kept answers in the memory of each process; the longest unused go first; default: 64MiB',
      { min: '1MiB' },
    ).optional(),
    max_entry: size('Larger answers are not kept', { min: '1KiB', max: '64MiB' }).prefault('1MiB'),
    redis: redisTarget
      .optional()
      .describe(
        'redis:// or rediss:// URL, Sentinels, or a Cluster: answers are kept there, for all processes; default: each process keeps its own in memory',
      ),
    redis_namespace: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/)
      .default('weir')
      .describe('Gateways of one namespace share answers'),
    redis_deadline: duration('Longest wait for Redis; then the answer counts as not kept', {
      min: '1ms',
      max: '5s',
    }).prefault('50ms'),
    targeted: z
      .array(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name'))
      .default([])
      .describe(
        'Headers of answers that count instead of `Cache-Control`, such as `CDN-Cache-Control` (RFC 9213); the first that is there does',
      ),
    cache_status: z
      .boolean()
      .default(true)
      .describe('Whether answers of routes with `cache` tell by `Cache-Status` (RFC 9211) how they came about'),
  },
  sizeIsOfMemory,
);

export type CacheDefinition = z.output<typeof cache>;
