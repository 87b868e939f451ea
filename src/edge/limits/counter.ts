import type { Limit } from './limit.ts';
import { slidingWindow } from './sliding-window.ts';
import { tokenBucket } from './token-bucket.ts';

/** The state of one key of one limit; what the numbers mean is the algorithm's affair. */
export interface Counter {
  sinceMs: number;
  current: number;
  /** Sliding window only: from `sinceMs` to the last request that was counted. */
  spanMs: number;
  previous: number;
  previousSpanMs: number;
}

export function newCounter(nowMs: number): Counter {
  return { sinceMs: nowMs, current: 0, spanMs: 0, previous: 0, previousSpanMs: 0 };
}

/** Pure functions on a {@link Counter}. Times are milliseconds of one clock, whichever it is. */
export interface Algorithm {
  /** Brings the counter to `nowMs`. Changes nothing of what is allowed. */
  advance(limit: Limit, counter: Counter, nowMs: number): void;
  /** Cost that fits now; a fraction counts towards the next. Needs an advanced counter. */
  available(limit: Limit, counter: Counter, nowMs: number): number;
  /** Counts what was let through. */
  add(counter: Counter, nowMs: number, cost: number): void;
  /** Milliseconds until `cost` fits if nobody else takes; 0: now; `Infinity`: never, it is more than the limit. */
  waitMs(limit: Limit, counter: Counter, nowMs: number, cost: number): number;
  /** Milliseconds until the whole quota is there again, as clients are told (`RateLimit` parameter `t`). */
  resetMs(limit: Limit, counter: Counter, nowMs: number): number;
}

export function algorithmOf(limit: Limit): Algorithm {
  return limit.algorithm === 'token_bucket' ? tokenBucket : slidingWindow;
}

/** Sums of fractions are a hair off whole numbers; a millionth of a request is nobody's loss. */
export const TOLERANCE = 1e-6;
