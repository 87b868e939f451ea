import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Random hexadecimal digits, fit for ids that nobody may guess.
 * @param count Even; at most 16,384.
 */
export function randomDigits(count: number): string {
  const bytes = count / 2;
  // Drawn for many at once: one draw costs as much as a request's whole share of the edge.
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
