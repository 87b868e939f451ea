import { randomDigits } from '../random-digits.ts';

/** What may stand in logs and headers of others as it came. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{8,128}$/;

/** The `X-Request-ID` of a trusted peer if it is acceptable, otherwise a new one. */
export function chooseRequestId(offered: string | undefined, isTrusted: boolean): string {
  return isTrusted && offered !== undefined && ACCEPTABLE.test(offered) ? offered : uuidV7();
}

/** RFC 9562 §5.7: 48 bits of milliseconds, then randomness. */
export function uuidV7(nowMs: number = Date.now()): string {
  if (nowMs !== prefixMs) {
    const time = nowMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    prefixMs = nowMs;
  }
  const random = randomDigits(19);
  // Two bits say the variant, the others of the digit are random.
  const variant = VARIANTS.charAt(Number.parseInt(random.charAt(3), 16) & 0x3);
  return `${prefix}${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7)}`;
}

const VARIANTS = '89ab';
/** The part that all ids of a millisecond share. */
let prefix = '';
let prefixMs = -1;
