import dns from 'node:dns/promises';
import { isIP } from 'node:net';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}
export interface ResolvedHost {
  readonly addresses: readonly HostAddress[];
  /** Milliseconds after which the addresses may have changed. */
  readonly ttlMs: number;
}
/** @throws If the name has no address. */
export type ResolveHost = (hostname: string) => Promise<ResolvedHost>;

/** Shorter TTLs would make a name server part of the request path. */
const SHORTEST_TTL_MS = 1_000;

/**
 * Addresses as the system sees them (hosts file, search domains), with the TTL that the name server gives for them.
 * @param maxTtlMs The TTL where none is known, and the longest believed.
 */
export function systemResolver(maxTtlMs: number): ResolveHost {
  return async (hostname) => {
    const family = isIP(hostname);
    if (family !== 0) return { addresses: [{ address: hostname, family }], ttlMs: Number.POSITIVE_INFINITY };
    const [addresses, ttlMs] = await Promise.all([
      dns.lookup(hostname, { all: true, order: 'verbatim' }),
      recordTtl(hostname, maxTtlMs),
    ]);
    return { addresses, ttlMs: Math.min(maxTtlMs, Math.max(SHORTEST_TTL_MS, ttlMs)) };
  };
}

async function recordTtl(hostname: string, unknownMs: number): Promise<number> {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return unknownMs;
  try {
    const records = await dns.resolve4(hostname, { ttl: true });
    return Math.min(unknownMs, ...records.map(({ ttl }) => ttl * 1_000));
  } catch {
    // Not in the DNS, or IPv6 only: the system's resolver knows it from elsewhere.
    return unknownMs;
  }
}

/** Whether two resolutions name the same addresses, in whatever order. */
export function sameAddresses(one: readonly HostAddress[], other: readonly HostAddress[]): boolean {
  if (one.length !== other.length) return false;
  const known = new Set(one.map(({ address }) => address));
  return other.every(({ address }) => known.has(address));
}
