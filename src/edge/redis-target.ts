import type { RedisTargetDefinition } from '../config/schema/redis-target.ts';
import type { RedisTarget } from './redis-connection.ts';

export function toRedisTarget(redis: RedisTargetDefinition): RedisTarget {
  if (typeof redis === 'string') return { kind: 'single', url: redis };
  const password = redis.password === undefined ? {} : { password: redis.password };
  return 'cluster' in redis
    ? { kind: 'cluster', nodes: redis.cluster, ...password }
    : { kind: 'sentinel', sentinels: redis.sentinels, name: redis.name, ...password };
}
