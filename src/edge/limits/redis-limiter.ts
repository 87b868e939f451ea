import { hash, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { GenerationMap } from '../generation-map.ts';
import { RedisConnection, type RedisTarget } from '../redis-connection.ts';
import { StoreBreaker, type StoreBreakerOptions } from '../store-breaker.ts';
import { type Decision, decide, type Standing, standingOf, UNLIMITED } from './decision.ts';
import { type Lease, Leases } from './leases.ts';
import type { Demand } from './limit.ts';
import { type Limiter, mergeDemands } from './limiter.ts';
import { LocalShare } from './local-share.ts';
import {
  INSTANCES_SCRIPT,
  readAnswers,
  type StoreAnswer,
  type StoreDemand,
  scriptArguments,
  TAKE_SCRIPT,
} from './redis-script.ts';

export interface RedisLimiterOptions {
  readonly target: RedisTarget;
  /**
   * Gateways with the same namespace share their counts. It is the hash tag of every key, so that in a Cluster all limits
   * of a request live on one node, which alone can decide them in one step. Default `weir`.
   */
  readonly namespace?: string;
  /** Longest wait for the store, milliseconds; default 50. */
  readonly deadlineMs?: number;
  readonly breaker?: StoreBreakerOptions;
  /** Keys kept in this process (leases, refusals, the local share); default 100,000 of each. */
  readonly maxKeys?: number;
  /** Milliseconds between two signs of life, by which instances count each other; default 5,000. */
  readonly heartbeatMs?: number;
  readonly onEvent?: (event: LimitStoreEvent) => void;
  /** Milliseconds of this process's clock; default `performance.now`. */
  readonly now?: () => number;
  /** Replaces the clock of Redis. Only for tests: instances' clocks differ, the store's is one. */
  readonly storeClock?: () => number;
}

export type LimitStoreEvent =
  | { readonly type: 'store_failed'; readonly cause: unknown }
  | { readonly type: 'store_recovered' };

/** A demand that the store must be asked for, and the lease that it fills. */
interface Asked extends StoreDemand {
  readonly id: string;
  readonly lease: Lease | undefined;
  readonly reserved: number;
}

/** A limit that is known to refuse a cost until some time, without asking. A higher cost has longer to wait: it is asked for. */
interface KnownRefusal {
  readonly untilMs: number;
  readonly cost: number;
  readonly remaining: number;
}

/** Counts in Redis: exact across instances, on the store's clock, and alive without the store. */
export class RedisLimiter implements Limiter {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #breaker: StoreBreaker;
  readonly #leases: Leases;
  readonly #local: LocalShare;
  readonly #refusals: GenerationMap<string, KnownRefusal>;
  readonly #options: RedisLimiterOptions;
  readonly #now: () => number;
  readonly #instance = randomUUID();
  readonly #heartbeatMs: number;
  readonly #timer: NodeJS.Timeout;
  #isLost = false;

  constructor(options: RedisLimiterOptions) {
    const maxKeys = options.maxKeys ?? 100_000;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#prefix = `weir:{${options.namespace ?? 'weir'}}:`;
    this.#connection = new RedisConnection(options.target, options.deadlineMs ?? 50);
    this.#breaker = new StoreBreaker({ now: this.#now, ...options.breaker });
    this.#leases = new Leases(maxKeys, this.#now);
    this.#local = new LocalShare(maxKeys, this.#now);
    this.#refusals = new GenerationMap(maxKeys);
    this.#heartbeatMs = options.heartbeatMs ?? 5_000;
    this.#connection.client.on('ready', () => void this.countInstances());
    this.#timer = setInterval(() => void this.countInstances(), this.#heartbeatMs);
    this.#timer.unref();
  }

  waitUntilReady(timeoutMs: number): Promise<boolean> {
    return this.#connection.waitUntilReady(timeoutMs);
  }

  /** Instances that share the store, as last seen; divides limits while the store is lost. */
  get instances(): number {
    return this.#local.instances;
  }

  take(wanted: readonly Demand[]): Decision | Promise<Decision> {
    if (wanted.length === 0) return UNLIMITED;
    const demands = mergeDemands(wanted);
    const ids = demands.map((demand) => this.#id(demand));
    const refusal = this.#findRefusal(demands, ids);
    if (refusal !== undefined) return refusal;

    const asked: Asked[] = [];
    const standings = new Map<Demand, Standing>();
    const spent: { lease: Lease; cost: number }[] = [];
    for (const [index, demand] of demands.entries()) {
      const id = ids[index] as string;
      if (demand.limit.mode === 'exact' || demand.readOnly) {
        asked.push({ demand, id, want: demand.cost, lease: undefined, reserved: 0 });
        continue;
      }
      const lease = this.#leases.of(id, demand);
      const reserved = Math.min(lease.left, demand.cost);
      lease.left -= reserved;
      spent.push({ lease, cost: reserved });
      const needed = demand.cost - reserved;
      if (needed === 0) {
        standings.set(demand, leasedStanding(demand, lease));
        continue;
      }
      const want = this.#leases.want(lease, demand, needed);
      lease.pending += want;
      asked.push({ demand: { ...demand, cost: needed }, id, want, lease, reserved });
    }
    if (asked.length === 0) return decide(demands.map((demand) => standings.get(demand) as Standing));
    return this.#decide(demands, asked, standings, spent);
  }

  foresee(wanted: readonly Demand[]): Decision | undefined {
    if (this.#refusals.size === 0) return undefined;
    const demands = mergeDemands(wanted);
    return this.#findRefusal(
      demands,
      demands.map((demand) => this.#id(demand)),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#connection.isReady) {
      await this.#connection
        .run(INSTANCES_SCRIPT, [`${this.#prefix}instances`], [this.#instance, '0'])
        .catch(() => undefined);
    }
    await this.#connection.close();
  }

  /** Gives a sign of life and learns how many others do. */
  async countInstances(): Promise<void> {
    try {
      const life = String(this.#heartbeatMs * 3);
      const count = await this.#connection.run(INSTANCES_SCRIPT, [`${this.#prefix}instances`], [this.#instance, life]);
      this.#local.instances = Math.max(1, Number(count));
    } catch {
      // The last count stands: the store's loss is seen, and told, by the requests that need it.
    }
  }

  async #decide(
    demands: readonly Demand[],
    asked: readonly Asked[],
    leased: ReadonlyMap<Demand, Standing>,
    spent: readonly { lease: Lease; cost: number }[],
  ): Promise<Decision> {
    let allowed = false;
    try {
      const reply = await this.#ask(asked);
      const decision = reply === undefined ? this.#decideWithoutStore(asked) : this.#settle(asked, reply.answers);
      allowed = decision.allowed;
      if (leased.size === 0) return decision;
      return {
        ...decision,
        standings: [...decision.standings, ...demands.flatMap((demand) => leased.get(demand) ?? [])],
      };
    } finally {
      for (const { lease, want } of asked) if (lease !== undefined) lease.pending -= want;
      if (!allowed) for (const { lease, cost } of spent) lease.left += cost;
    }
  }

  async #ask(asked: readonly Asked[]): Promise<{ allowed: boolean; answers: StoreAnswer[] } | undefined> {
    if (!this.#breaker.tryEnter()) return undefined;
    try {
      const argv = scriptArguments(this.#options.storeClock?.(), asked);
      const keys = asked.map(({ id }) => id);
      const reply = readAnswers(await this.#connection.run(TAKE_SCRIPT, keys, argv), asked.length);
      this.#breaker.succeed();
      if (this.#isLost) this.#options.onEvent?.({ type: 'store_recovered' });
      this.#isLost = false;
      return reply;
    } catch (cause) {
      this.#breaker.fail();
      if (!this.#isLost) this.#options.onEvent?.({ type: 'store_failed', cause });
      this.#isLost = true;
      return undefined;
    }
  }

  #settle(asked: readonly Asked[], answers: readonly StoreAnswer[]): Decision {
    const standings: Standing[] = [];
    for (const [index, { demand, id, lease, reserved }] of asked.entries()) {
      const { counter, nowMs, exceeded, taken } = answers[index] as StoreAnswer;
      const standing = standingOf(demand, counter, nowMs, exceeded);
      standings.push(standing);
      if (lease !== undefined) {
        lease.standing = standing;
        if (!exceeded && taken > demand.cost) this.#leases.fill(lease, demand, taken - demand.cost);
      }
      // A lower cost that passed has made the refused one wait longer.
      if (taken > 0 && this.#refusals.size > 0) this.#refusals.delete(id);
      const canFit = demand.cost <= demand.limit.burst;
      if (exceeded && canFit && !demand.limit.dryRun && !demand.limit.countRejected) {
        const untilMs = this.#now() + standing.resetMs;
        this.#refusals.set(id, { untilMs, cost: demand.cost + reserved, remaining: standing.remaining });
      }
    }
    const decision = decide(standings);
    if (decision.allowed) this.#local.record(asked.map(({ demand }) => demand));
    return decision;
  }

  #decideWithoutStore(asked: readonly Asked[]): Decision {
    const closed = asked.filter(({ demand }) => demand.limit.onStoreFailure === 'closed' && !demand.limit.dryRun);
    if (closed.length > 0) return { allowed: false, standings: [], retryAfterMs: 1_000, storeLost: true };
    return this.#local.take(asked.flatMap(({ demand }) => (demand.limit.onStoreFailure === 'local' ? [demand] : [])));
  }

  #findRefusal(demands: readonly Demand[], ids: readonly string[]): Decision | undefined {
    // A limit that counts refused requests must see this one.
    if (this.#refusals.size === 0 || demands.some(({ limit }) => limit.countRejected)) return undefined;
    for (const [index, demand] of demands.entries()) {
      const { limit, cost } = demand;
      const id = ids[index] as string;
      const refusal = this.#refusals.get(id);
      if (refusal === undefined) continue;
      // What is held here may be spent though the store has no more.
      if (limit.mode === 'leased' && this.#leases.of(id, demand).left >= cost) continue;
      const resetMs = refusal.untilMs - this.#now();
      if (resetMs <= 0) this.#refusals.delete(id);
      else if (cost === refusal.cost) return decide([{ limit, remaining: refusal.remaining, resetMs, exceeded: true }]);
    }
    return undefined;
  }

  /** Users and keys are hashed: what reads the store must not learn who the clients are. */
  #id({ limit, key }: Demand): string {
    return `${this.#prefix}${limit.name}:${hash('sha256', key, 'base64url').slice(0, 22)}`;
  }
}

/** What is known of a leased limit between two visits to the store: an estimate, since others take from it too. */
function leasedStanding({ limit }: Demand, lease: Lease): Standing {
  const { standing } = lease;
  if (standing === undefined) return { limit, remaining: lease.left, resetMs: limit.windowMs, exceeded: false };
  return { limit, remaining: standing.remaining + lease.left, resetMs: standing.resetMs, exceeded: false };
}
