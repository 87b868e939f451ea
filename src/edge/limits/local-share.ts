import type { Decision } from './decision.ts';
import type { Demand, Limit } from './limit.ts';
import { MemoryLimiter } from './memory-limiter.ts';

/**
 * What one instance may let pass by itself while the store is lost: its share of each limit, in which what it let pass
 * before the loss counts. All instances together then pass at most the limit, plus what single ones had let pass above
 * their share.
 */
export class LocalShare {
  /** Instances that share the limits, as last known. */
  instances = 1;
  readonly #limiter: MemoryLimiter;
  readonly #shares = new Map<string, { readonly of: Limit; readonly instances: number; readonly share: Limit }>();

  constructor(maxKeys: number, now: () => number) {
    this.#limiter = new MemoryLimiter({ maxKeys, now });
  }

  take(demands: readonly Demand[]): Decision {
    return this.#limiter.take(demands.map((demand) => ({ ...demand, limit: this.#share(demand.limit) })));
  }

  /** Counts what the store let pass. */
  record(demands: readonly Demand[]): void {
    this.#limiter.record(demands);
  }

  #share(limit: Limit): Limit {
    const known = this.#shares.get(limit.name);
    if (known !== undefined && known.of === limit && known.instances === this.instances) return known.share;
    const share = {
      ...limit,
      max: Math.max(1, Math.floor(limit.max / this.instances)),
      burst: Math.max(1, Math.floor(limit.burst / this.instances)),
    };
    this.#shares.set(limit.name, { of: limit, instances: this.instances, share });
    return share;
  }
}
