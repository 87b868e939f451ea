import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from './supergraph.ts';

/** A supergraph and the objects that serve it. */
export interface LoadedSupergraph {
  readonly supergraph: Supergraph;
  /** One for each of `supergraph.graphs`. */
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
}

/** How an upstream takes part. `pinned`: by its last good SDL; `absent`: not at all. */
export type UpstreamState = 'live' | 'pinned' | 'absent';

export interface UpstreamStatus {
  readonly name: string;
  readonly state: UpstreamState;
  /** Why it is not live; names internals. */
  readonly reason: string | undefined;
  /** Since when it has this state, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What `/readyz` and the log say. */
export interface SupergraphStatus {
  /** `failed`: there is nothing to serve. `degraded`: what is served is not all, or not the newest, of it. */
  readonly state: 'ready' | 'degraded' | 'failed';
  readonly upstreams: readonly UpstreamStatus[];
  /** `Type.field` of what clients had, or would have, and now lack; sorted. */
  readonly fieldsLost: readonly string[];
}

/** Callbacks of a {@link SupergraphWatcher}; they must not throw. */
export interface SupergraphListener {
  /** There is another supergraph to serve. Not called for the one that `start` returns. */
  onChange?(loaded: LoadedSupergraph): void;
  /** The status is degraded or failed and differs from the one before, or is ready again. */
  onStatus?(status: SupergraphStatus): void;
  /** Something went wrong that the status alone does not tell: composition errors, a store that cannot be written. */
  onError?(error: Error): void;
}

/** Has the supergraph to serve, and keeps it up to date. */
export interface SupergraphWatcher {
  readonly current: LoadedSupergraph | undefined;
  readonly status: SupergraphStatus;
  /**
   * Loads for the first time and begins to watch.
   * @returns `undefined` where there is nothing to serve yet; it goes on trying.
   */
  start(): Promise<LoadedSupergraph | undefined>;
  /** Reads everything again now. Resolves when the result is in `current` and `status`. */
  reload(): Promise<void>;
  /** Stops watching; aborts what is being read. */
  close(): Promise<void>;
}
