import type { CacheOutcome } from './cache-status.ts';

/** What happens in the cache; metrics and logs are made from it elsewhere. */
export type CacheEvent =
  | { readonly type: 'answered'; readonly route: string; readonly outcome: CacheOutcome }
  | { readonly type: 'stored'; readonly route: string; readonly bytes: number }
  /** An answer was renewed beside the request that met it stale. */
  | { readonly type: 'renewed'; readonly route: string; readonly outcome: 'revalidated' | 'replaced' | 'failed' }
  | { readonly type: 'invalidated'; readonly route: string }
  /** Answers went to make room. */
  | { readonly type: 'evicted'; readonly count: number }
  | { readonly type: 'store_failed'; readonly cause: unknown }
  | { readonly type: 'store_recovered' };

export type OnCacheEvent = (event: CacheEvent) => void;
