import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;
const bytes = Buffer.allocUnsafe(POOL_BYTES);
let pool = '';
let used = 0;

/**
 * Random hexadecimal digits, fit for ids that nobody may guess.
 * @param count At most 16,384.
 */
export function randomDigits(count: number): string {
  // Drawn for many at once: one draw costs as much as a request's whole share of the edge.
  if (used + count > pool.length) {
    pool = randomFillSync(bytes).toString('hex');
    used = 0;
  }
  used += count;
  return pool.slice(used - count, used);
}
