import { performance } from 'node:perf_hooks';
import { GenerationMap } from '../generation-map.ts';
import { algorithmOf, type Counter, newCounter, TOLERANCE } from './counter.ts';
import { type Decision, decide, type Standing, standingOf, UNLIMITED } from './decision.ts';
import type { Demand } from './limit.ts';
import { type Limiter, mergeDemands } from './limiter.ts';

export interface MemoryLimiterOptions {
  /** Keys that are remembered, over all limits; the longest unused are forgotten first. Default 100,000. */
  readonly maxKeys?: number;
  /** Milliseconds of a clock that never goes back; default `performance.now`. */
  readonly now?: () => number;
}

/** Counts in this process. Answers at once; being one synchronous step, it is atomic. */
export class MemoryLimiter implements Limiter {
  readonly #counters: GenerationMap<string, Counter>;
  readonly #now: () => number;

  constructor(options: MemoryLimiterOptions = {}) {
    this.#counters = new GenerationMap(options.maxKeys ?? 100_000);
    this.#now = options.now ?? (() => performance.now());
  }

  take(wanted: readonly Demand[]): Decision {
    if (wanted.length === 0) return UNLIMITED;
    const demands = mergeDemands(wanted);
    const now = this.#now();
    const counters: Counter[] = [];
    const exceeded: boolean[] = [];
    let allowed = true;
    for (const demand of demands) {
      const { limit, cost } = demand;
      const counter = this.#counter(demand, now);
      const algorithm = algorithmOf(limit);
      algorithm.advance(limit, counter, now);
      const fits = cost <= algorithm.available(limit, counter, now) + TOLERANCE;
      counters.push(counter);
      exceeded.push(!fits);
      if (!fits && !limit.dryRun) allowed = false;
    }
    const standings: Standing[] = [];
    for (const [index, demand] of demands.entries()) {
      const counter = counters[index] as Counter;
      const isExceeded = exceeded[index] as boolean;
      if (!demand.readOnly) charge(demand, counter, now, allowed, isExceeded);
      standings.push(standingOf(demand, counter, now, isExceeded));
    }
    return decide(standings);
  }

  foresee(wanted: readonly Demand[]): Decision | undefined {
    if (wanted.some(({ limit }) => limit.countRejected)) return undefined;
    const decision = this.take(wanted.map((demand) => ({ ...demand, readOnly: true })));
    return decision.allowed ? undefined : decision;
  }

  async waitUntilReady(): Promise<boolean> {
    return true;
  }

  /** Counts without asking: what was decided elsewhere. */
  record(demands: readonly Demand[]): void {
    const now = this.#now();
    for (const demand of demands) {
      if (demand.readOnly) continue;
      const algorithm = algorithmOf(demand.limit);
      const counter = this.#counter(demand, now);
      algorithm.advance(demand.limit, counter, now);
      algorithm.add(counter, now, demand.cost);
    }
  }

  async close(): Promise<void> {
    this.#counters.clear();
  }

  #counter({ limit, key }: Demand, now: number): Counter {
    const id = `${limit.name}\n${key}`;
    let counter = this.#counters.get(id);
    if (counter === undefined) {
      counter = newCounter(now);
      this.#counters.set(id, counter);
    }
    return counter;
  }
}

/** Takes the cost where the request passes; refused requests count only where the limit says so, and only up to it. */
function charge({ limit, cost }: Demand, counter: Counter, now: number, allowed: boolean, exceeded: boolean): void {
  const algorithm = algorithmOf(limit);
  if (allowed && !exceeded) {
    if (cost > 0) algorithm.add(counter, now, cost);
  } else if (limit.countRejected) {
    const counted = Math.min(cost, algorithm.available(limit, counter, now));
    if (counted > 0) algorithm.add(counter, now, counted);
  }
}
