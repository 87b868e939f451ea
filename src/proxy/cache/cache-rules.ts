import type { RouteCacheDefinition } from '../../config/schema/route-cache.ts';
import type { Clock } from '../../transport/clock.ts';
import type { AnswerStore } from './answer-store.ts';
import type { OnCacheEvent } from './cache-event.ts';
import type { CacheKeys } from './cache-key.ts';
import type { HeldBytes } from './held-bytes.ts';

/** What the cache of one route works by. */
export interface CacheRules {
  /** Name of the route. */
  readonly route: string;
  readonly definition: RouteCacheDefinition;
  readonly keys: CacheKeys;
  readonly store: AnswerStore;
  readonly maxEntryBytes: number;
  readonly held: HeldBytes;
  /** Fields of answers that count instead of `Cache-Control` (RFC 9213), in lower case. */
  readonly targets: readonly string[];
  /** Whether answers have `Cache-Status`. */
  readonly tellsStatus: boolean;
  /** Cookies that the gateway itself sets: they tell nothing of who asks. */
  readonly ownCookies: ReadonlySet<string>;
  /** Requests with one of these, in lower case, pass beside the cache. */
  readonly bypassHeaders: readonly string[];
  readonly bypassCookies: readonly string[];
  /** Fields that the gateway tells upstreams of each client or request: what depends on them is for nobody else. @param name In lower case. */
  readonly isToldOfClient: (name: string) => boolean;
  readonly onEvent: OnCacheEvent;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
}
