import type { Config } from '../../config/config.ts';
import type { CacheDefinition } from '../../config/schema/cache.ts';
import { toRedisTarget } from '../../edge/redis-target.ts';
import { Shared } from '../../edge/shared.ts';
import type { AnswerStore } from './answer-store.ts';
import type { OnCacheEvent } from './cache-event.ts';
import { HeldBytes } from './held-bytes.ts';
import { MemoryStore } from './memory-store.ts';
import { RedisStore } from './redis-store.ts';

/** Where the routes of a config keep answers. */
export interface Cache {
  readonly definition: CacheDefinition;
  readonly store: AnswerStore;
  /** What is on its way there takes at most as much memory as what is kept in it. */
  readonly held: HeldBytes;
  readonly onEvent: OnCacheEvent;
  /** What the cache of the next config goes on with. */
  readonly lasting: Shared<AnswerStore>;
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 64 * 2 ** 20;

/**
 * @param former The cache of the config before: what it keeps goes on where the config says the same of the store.
 * @returns `undefined`: no route keeps answers.
 */
export function openCache(
  { cache, routes }: Pick<Config, 'cache' | 'routes'>,
  onEvent: OnCacheEvent,
  former?: Pick<Cache, 'lasting'>,
): Cache | undefined {
  if (!routes.some((route) => route.cache !== undefined && route.cache !== false)) return undefined;
  const lasting = former?.lasting ?? new Shared((store: AnswerStore) => store.close());
  const { maxSizeBytes, redis, redisNamespace, redisDeadlineMs } = cache;
  const { thing: store, release } = lasting.hold(
    JSON.stringify([maxSizeBytes, redis, redisNamespace, redisDeadlineMs]),
    () =>
      redis === undefined
        ? new MemoryStore({ maxBytes: maxSizeBytes ?? DEFAULT_MAX_BYTES, onEvent })
        : new RedisStore({
            ...{ target: toRedisTarget(redis), namespace: redisNamespace, deadlineMs: redisDeadlineMs },
            onEvent,
          }),
  );
  const held = new HeldBytes(maxSizeBytes ?? DEFAULT_MAX_BYTES);
  return { definition: cache, store, held, onEvent, lasting, close: release };
}
