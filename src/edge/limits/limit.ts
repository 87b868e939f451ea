/** A compiled limit: how much of what is allowed in which time. Knows no HTTP, no GraphQL and no store. */
export interface Limit {
  /** Unique among the limits of a limiter; names the policy in headers. State survives a reload under this name. */
  readonly name: string;
  /** `token_bucket`: GCRA, bursts up to `burst`. `sliding_window`: two counters, smooth. */
  readonly algorithm: 'token_bucket' | 'sliding_window';
  /** Cost allowed per window. */
  readonly max: number;
  readonly windowMs: number;
  /** Cost that a bucket at rest lets through at once; for a sliding window equal to `max`. */
  readonly burst: number;
  /** Whether clients see it in headers; `false` hides thresholds from attackers. */
  readonly expose: boolean;
  /** Counted and reported, never refused. */
  readonly dryRun: boolean;
  /** Whether refused requests are counted too, up to the limit. `false`: a refused request never delays recovery. */
  readonly countRejected: boolean;
  /** `leased`: an instance takes up to `lease` from the store at once and spends it by itself. */
  readonly mode: 'exact' | 'leased';
  /** Cost taken at once in mode `leased`. At most `instances × lease` pass in a window over its bound. */
  readonly lease: number;
  /** Without the store: count alone with this instance's share, let all through, or refuse all. */
  readonly onStoreFailure: 'local' | 'open' | 'closed';
}

/** What a limit must be told; the rest has defaults. */
export type LimitDefinition = Pick<Limit, 'name' | 'max' | 'windowMs'> & Partial<Limit>;

export function defineLimit(definition: LimitDefinition): Limit {
  const algorithm = definition.algorithm ?? 'sliding_window';
  return {
    expose: true,
    dryRun: false,
    countRejected: false,
    mode: 'exact',
    lease: Math.max(1, Math.floor(definition.max / 100)),
    onStoreFailure: 'local',
    ...definition,
    algorithm,
    burst: algorithm === 'token_bucket' ? (definition.burst ?? definition.max) : definition.max,
  };
}

/** One limit that a request must pass: `cost` of `limit` for the one whom `key` names. */
export interface Demand {
  readonly limit: Limit;
  readonly key: string;
  /** Positive integer; 1 for a plain request. */
  readonly cost: number;
  /** Asked, not taken. */
  readonly readOnly?: boolean;
}
