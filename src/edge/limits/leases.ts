import { GenerationMap } from '../generation-map.ts';
import type { Standing } from './decision.ts';
import type { Demand } from './limit.ts';

/** What this instance took of one key in advance. */
export interface Lease {
  left: number;
  /** What is being asked of the store now: together with `left` never more than the limit's `lease`. */
  pending: number;
  expiresMs: number;
  /** As the store said when the lease was taken. */
  standing: Standing | undefined;
}

/**
 * The leases of mode `leased`. What is held was counted by the store already, so instances let at most what they hold pass
 * in a later window than the store counted it in: the overshoot of any window is at most instances × lease.
 */
export class Leases {
  readonly #leases: GenerationMap<string, Lease>;
  readonly #now: () => number;

  constructor(maxKeys: number, now: () => number) {
    this.#leases = new GenerationMap(maxKeys);
    this.#now = now;
  }

  /** The lease of a demand; one that is older than a window is empty: what it held no longer counts in the store. */
  of(id: string, { limit }: Demand): Lease {
    const now = this.#now();
    let lease = this.#leases.get(id);
    if (lease === undefined) {
      lease = { left: 0, pending: 0, expiresMs: now + limit.windowMs, standing: undefined };
      this.#leases.set(id, lease);
    } else if (now >= lease.expiresMs) {
      lease.left = 0;
    }
    return lease;
  }

  /** How much to ask the store for when `needed` is lacking. */
  want(lease: Lease, { limit }: Demand, needed: number): number {
    return needed + Math.max(0, limit.lease - needed - lease.left - lease.pending);
  }

  fill(lease: Lease, { limit }: Demand, surplus: number): void {
    lease.left += surplus;
    lease.expiresMs = this.#now() + limit.windowMs;
  }
}
