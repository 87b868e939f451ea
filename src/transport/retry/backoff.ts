import type { Random } from '../clock.ts';

export interface BackoffSettings {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff with full jitter: uniform between 0 and the ceiling, which doubles from `baseMs` to `maxMs`.
 * @param retry 1 for the first retry.
 */
export function backoffMs(retry: number, { baseMs, maxMs }: BackoffSettings, random: Random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (retry - 1));
}
