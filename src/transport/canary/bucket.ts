import { hash32 } from '../balance/hash.ts';

/** A ten-thousandth of the clients: 0.01 %. */
export const BUCKETS = 10_000;

/** Where a client stands, 0 to 9,999. The canary has the buckets below its weight, so raising the weight moves nobody back. */
export function bucketOf(salt: string, key: string): number {
  return hash32(`${salt}\u0000${key}`) % BUCKETS;
}
