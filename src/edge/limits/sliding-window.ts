import type { Algorithm } from './counter.ts';

/**
 * Two counters: `current` counts from `sinceMs`, `previous` is the window before it, weighted by the part of it that the
 * sliding window still covers. Windows start with the first request of the key, so a burst does not straddle an edge.
 *
 * Bound: no counted window exceeds `max`, nor does the weighted sum; a span of one window that lies across two may see
 * up to `max × (1 + f)`, `f` < 1 being the part of the later window that it covers, where all of the earlier came last.
 */
export const slidingWindow: Algorithm = {
  advance(limit, counter, nowMs) {
    const windows = Math.floor((nowMs - counter.sinceMs) / limit.windowMs);
    if (windows === 0) return;
    if (windows === 1) {
      counter.sinceMs += limit.windowMs;
      counter.previous = counter.current;
    } else {
      // Two windows on, or a clock that jumped back: nothing of it counts any more, or nothing of it can be placed.
      counter.previous = windows < 0 ? counter.current : 0;
      counter.sinceMs = nowMs;
    }
    counter.current = 0;
  },

  available(limit, counter, nowMs) {
    const covered = 1 - (nowMs - counter.sinceMs) / limit.windowMs;
    return limit.max - counter.current - counter.previous * covered;
  },

  waitMs(limit, counter, nowMs, cost) {
    const { max, windowMs } = limit;
    if (cost > max) return Number.POSITIVE_INFINITY;
    const elapsedMs = nowMs - counter.sinceMs;
    const room = max - counter.current - cost;
    if (room >= 0) {
      // Fits in this window, once enough of the previous one has slid out.
      if (counter.previous <= room) return 0;
      return Math.max(0, windowMs * (1 - room / counter.previous) - elapsedMs);
    }
    // Fits in the next window, where the present count is the previous one.
    return windowMs * (2 - (max - cost) / counter.current) - elapsedMs;
  },

  resetMs: (limit, counter, nowMs) => limit.windowMs - (nowMs - counter.sinceMs),
};
