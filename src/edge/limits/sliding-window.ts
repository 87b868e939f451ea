import type { Algorithm, Counter } from './counter.ts';

/**
 * Two counters: `current` counts from `sinceMs`, `previous` the window before, weighted by the part of it that the sliding
 * window still covers. What was counted is taken to be spread evenly, but only up to the last request: a burst at the
 * start of a window is forgotten a window after it, not two. Windows start with a key's first request, so a burst does not
 * straddle an edge.
 *
 * Bound: neither a counted window nor the weighted sum exceeds `max`; a span of one window that lies across two may see
 * less than `2 × max`, where all of the earlier came late and all of the later early.
 */
export const slidingWindow: Algorithm = {
  advance(limit, counter, nowMs) {
    const windows = Math.floor((nowMs - counter.sinceMs) / limit.windowMs);
    if (windows === 0) return;
    if (windows < 0) {
      // The clock jumped back: what was counted counts from now on.
      counter.sinceMs = nowMs;
      counter.spanMs = 0;
      counter.previous = 0;
      return;
    }
    counter.previous = windows === 1 ? counter.current : 0;
    counter.previousSpanMs = counter.spanMs;
    counter.sinceMs = windows === 1 ? counter.sinceMs + limit.windowMs : nowMs;
    counter.current = 0;
    counter.spanMs = 0;
  },

  available: (limit, counter, nowMs) => limit.max - counter.current - stillCovered(counter, nowMs),

  add(counter, nowMs, cost) {
    if (counter.current === 0 && stillCovered(counter, nowMs) === 0) {
      counter.sinceMs = nowMs;
      counter.previous = 0;
    }
    counter.current += cost;
    counter.spanMs = nowMs - counter.sinceMs;
  },

  waitMs(limit, counter, nowMs, cost) {
    const { max, windowMs } = limit;
    if (cost > max) return Number.POSITIVE_INFINITY;
    const elapsedMs = nowMs - counter.sinceMs;
    const room = max - counter.current - cost;
    if (room >= 0) {
      // Fits in this window, once enough of the previous one has slid out.
      if (stillCovered(counter, nowMs) <= room) return 0;
      return counter.previousSpanMs * (1 - room / counter.previous) - elapsedMs;
    }
    // Fits in the next window, where the present count is the previous one.
    return windowMs - elapsedMs + counter.spanMs * Math.max(0, 1 - (max - cost) / counter.current);
  },

  resetMs(limit, counter, nowMs) {
    const elapsedMs = nowMs - counter.sinceMs;
    if (counter.current > 0) return limit.windowMs - elapsedMs + counter.spanMs;
    return counter.previous > 0 ? Math.max(0, counter.previousSpanMs - elapsedMs) : 0;
  },
};

/** What of the previous window lies within one window's length before now. */
function stillCovered({ sinceMs, previous, previousSpanMs }: Counter, nowMs: number): number {
  const elapsedMs = nowMs - sinceMs;
  return elapsedMs >= previousSpanMs ? 0 : previous * (1 - elapsedMs / previousSpanMs);
}
