import { Redis } from 'ioredis';

/** Two connections: one that asks, one that listens. */
export interface SharedRedis {
  readonly redis: Redis;
  readonly subscriber: Redis;
  close(): void;
}

/** Longer than this, the answer is not worth waiting for: each process then decides by itself. */
const COMMAND_TIMEOUT_MS = 1_000;

/** @param onError Called for each failure to connect; the connections keep trying. */
export function connectSharedRedis(url: string, onError: (error: Error) => void): SharedRedis {
  const options = { commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1, lazyConnect: false } as const;
  const redis = new Redis(url, options);
  // A subscription is renewed by the client after each reconnection.
  const subscriber = new Redis(url, { lazyConnect: false, maxRetriesPerRequest: null });
  redis.on('error', onError);
  subscriber.on('error', onError);
  return {
    redis,
    subscriber,
    close() {
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}
