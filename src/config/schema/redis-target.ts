import * as z from 'zod';

const redisUrl = z.url({ protocol: /^rediss?$/, error: 'Expected a URL that starts with redis:// or rediss://' });

/** A Redis in the forms that a store of all gateways may have. */
export const redisTarget = z.union([
  redisUrl,
  z.strictObject({
    sentinels: z.array(z.string()).min(1).describe('host:port of the Sentinels'),
    name: z.string().describe('Name of the master'),
    password: z.string().optional().describe('Password of its nodes'),
  }),
  z.strictObject({
    cluster: z.array(redisUrl).min(1).describe('Some nodes of the Cluster'),
    password: z.string().optional().describe('Password of its nodes'),
  }),
]);

export type RedisTargetDefinition = z.output<typeof redisTarget>;
