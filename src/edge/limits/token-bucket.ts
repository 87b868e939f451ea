import type { Algorithm } from './counter.ts';

/**
 * The generic cell rate algorithm as a virtual queue: `current` is the cost queued at `sinceMs`, and it drains with
 * `max / windowMs`. (`sinceMs + current × windowMs / max` is the theoretical arrival time of ITU-T I.371; kept as two
 * numbers, sums stay exact and a changed rate goes on from where it was.)
 *
 * Bound: in any span of `t` ms at most `burst + t × max / windowMs` passes.
 */
export const tokenBucket: Algorithm = {
  advance(limit, counter, nowMs) {
    // A clock that jumps back drains nothing and is followed, so that it blocks nobody for the length of the jump.
    const elapsedMs = Math.max(0, nowMs - counter.sinceMs);
    counter.current = Math.max(0, counter.current - (elapsedMs * limit.max) / limit.windowMs);
    counter.sinceMs = nowMs;
  },

  available: (limit, counter) => limit.burst - counter.current,

  add(counter, _nowMs, cost) {
    counter.current += cost;
  },

  waitMs(limit, counter, _nowMs, cost) {
    if (cost > limit.burst) return Number.POSITIVE_INFINITY;
    return Math.max(0, ((counter.current + cost - limit.burst) * limit.windowMs) / limit.max);
  },

  resetMs: (limit, counter) => (counter.current * limit.windowMs) / limit.max,
};
