const FORM = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)?\s*$/i;
const MS_PER: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `@rateLimit(window:)` as people write it: `10s`, `1 minute`, `500` (ms). In ms. @throws {RangeError} */
export function parseWindowLength(text: string): number {
  const match = FORM.exec(text);
  const [, amount = '', unit = 'ms'] = match ?? [];
  const ms = Number(amount) * (unit.toLowerCase() === 'ms' ? 1 : (MS_PER[unit.charAt(0).toLowerCase()] as number));
  if (match === null || !(ms >= 1))
    throw new RangeError(`Cannot read the window "${text}": expected a time such as "10s" or "1m"`);
  return ms;
}
