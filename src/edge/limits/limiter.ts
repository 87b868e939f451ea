import type { Decision } from './decision.ts';
import type { Demand } from './limit.ts';

/** Decides all limits of a request in one atomic step: checks every one, then takes all or none. */
export interface Limiter {
  /** At once where nothing must be asked. Never rejects: what the store does is each limit's `onStoreFailure`. */
  take(demands: readonly Demand[]): Decision | Promise<Decision>;
  /**
   * The refusal of demands that are sure to be refused, as far as it is known without asking anybody. Takes nothing, so
   * it says nothing where a limit counts refused requests.
   */
  foresee(demands: readonly Demand[]): Decision | undefined;
  /** Waits for the store at start, at most so long; requests before it is there are decided by `onStoreFailure`. */
  waitUntilReady(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Demands on one limit and key are one demand for their sum: checked apart, both could pass and exceed it together. */
export function mergeDemands(demands: readonly Demand[]): readonly Demand[] {
  if (demands.length < 2 || !hasTwins(demands)) return demands;
  const merged: Demand[] = [];
  for (const demand of demands) {
    const index = merged.findIndex((other) => isTwin(other, demand));
    const twin = merged[index];
    if (twin === undefined) merged.push(demand);
    else merged[index] = { ...twin, cost: twin.cost + demand.cost };
  }
  return merged;
}

function hasTwins(demands: readonly Demand[]): boolean {
  for (let i = 1; i < demands.length; i += 1) {
    for (let j = 0; j < i; j += 1) if (isTwin(demands[i] as Demand, demands[j] as Demand)) return true;
  }
  return false;
}

function isTwin(a: Demand, b: Demand): boolean {
  return a.limit.name === b.limit.name && a.key === b.key && a.readOnly === b.readOnly;
}
