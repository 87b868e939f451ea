/** The longest pause, as a multiple of the first. */
const LONGEST = 12;

/**
 * How long to wait before the attempt after `failures` failed ones: the first pause, doubled with each failure up to
 * 12 times the first, of which a random part of up to a half is taken off so that several gateways spread out.
 *
 * @param firstMs Milliseconds, > 0.
 * @param failures From 1.
 * @param random From 0 to 1.
 */
export function backOffMs(firstMs: number, failures: number, random: number): number {
  const pauseMs = firstMs * Math.min(2 ** (failures - 1), LONGEST);
  return pauseMs * (1 - random / 2);
}
