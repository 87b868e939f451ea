import { randomFillSync } from 'node:crypto';

/** What may stand in logs and headers of others as it came. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{8,128}$/;

/** The `X-Request-ID` of a trusted peer if it is acceptable, otherwise a new one. */
export function chooseRequestId(offered: string | undefined, isTrusted: boolean): string {
  return isTrusted && offered !== undefined && ACCEPTABLE.test(offered) ? offered : uuidV7();
}

const POOL_BYTES = 4_096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/** RFC 9562 §5.7: 48 bits of milliseconds, then randomness. */
export function uuidV7(nowMs: number = Date.now()): string {
  // Random bytes are drawn for many at once: one draw costs as much as a request's whole share of the edge.
  if (used + 10 > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const time = nowMs.toString(16).padStart(12, '0');
  const random = pool.toString('hex', used, used + 10);
  used += 10;
  const variant = (0x8 | (Number.parseInt(random.charAt(3), 16) & 0x3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
