import type { Subgraph } from '../subgraphs/subgraph.ts';
import { type Clock, systemClock } from './clock.ts';
import type { JoinGraph } from './join-graphs.ts';
import type { LastGoodStore } from './last-good-store.ts';
import { readSupergraph } from './supergraph.ts';
import { openSupergraphSource, type SupergraphSource } from './supergraph-source.ts';
import type {
  LoadedSupergraph,
  SupergraphListener,
  SupergraphStatus,
  SupergraphWatcher,
} from './supergraph-watcher.ts';
import { describe, withTimeout } from './upstream-reader.ts';

export interface SuppliedSupergraphOptions {
  /** File or HTTP URL of a supergraph that is used as it is. */
  readonly source: string;
  /** How often it is read again, in milliseconds, > 0; a file also when it is written. */
  readonly pollIntervalMs: number;
  /** Longest wait for the text, in milliseconds, > 0. */
  readonly readTimeoutMs: number;
  readonly store: LastGoodStore;
  /** Makes the object that serves one of its subgraphs. Throws where it cannot. */
  makeSubgraph(graph: JoinGraph): Subgraph;
  readonly listener?: SupergraphListener;
  readonly clock?: Clock;
}

/** The store's key of the last supergraph that could be served. */
const SUPPLIED = 'supplied-supergraph';

/**
 * Serves a supergraph from elsewhere and follows its changes. One that cannot be read or served changes nothing:
 * the one in use stays, at a start the last good one of the store is used, and the status is degraded.
 */
export function createSuppliedSupergraph(options: SuppliedSupergraphOptions): SupergraphWatcher {
  return new SuppliedSupergraph(options);
}

class SuppliedSupergraph implements SupergraphWatcher {
  readonly #options: SuppliedSupergraphOptions;
  readonly #listener: SupergraphListener;
  readonly #clock: Clock;
  readonly #source: SupergraphSource;
  readonly #closing = new AbortController();
  #stopWatching: (() => void) | undefined;
  #queue: Promise<void> = Promise.resolve();
  #current: LoadedSupergraph | undefined;
  /** The text that `#current` was made of. */
  #served: string | undefined;
  /** The text that was read last and why it is not served, if it is not. */
  #refused: { readonly sdl: string; readonly reason: string } | undefined;
  #status: SupergraphStatus = { state: 'failed', upstreams: [], fieldsLost: [] };

  constructor(options: SuppliedSupergraphOptions) {
    this.#options = options;
    this.#listener = options.listener ?? {};
    this.#clock = options.clock ?? systemClock;
    this.#source = openSupergraphSource(options.source, options.pollIntervalMs, this.#clock);
  }

  get current(): LoadedSupergraph | undefined {
    return this.#current;
  }

  get status(): SupergraphStatus {
    return this.#status;
  }

  async start(): Promise<LoadedSupergraph | undefined> {
    await this.#enqueue(async () => {
      await this.#load(true);
      if (!this.#closing.signal.aborted) this.#stopWatching = this.#source.watch(() => void this.reload());
    });
    return this.#current;
  }

  reload(): Promise<void> {
    return this.#enqueue(() => this.#load(false));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The gateway is closing'));
    this.#stopWatching?.();
    await this.#queue;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(task).catch((error: unknown) => this.#report(error));
    return this.#queue;
  }

  #report(error: unknown): void {
    this.#listener.onError?.(error instanceof Error ? error : new Error(String(error)));
  }

  async #load(isFirst: boolean): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const before = this.#current;
    const failure = await this.#readAndAdopt();
    if (this.#closing.signal.aborted) return;
    if (failure !== undefined && isFirst) await this.#recall();
    this.#setStatus(failure, isFirst);
    const now = this.#current;
    if (now === before || now === undefined) return;
    if (!isFirst) this.#listener.onChange?.(now);
    if (failure === undefined) await this.#remember();
  }

  /** @returns Why what the source has is not served. */
  async #readAndAdopt(): Promise<string | undefined> {
    let sdl: string | undefined;
    try {
      sdl = await withTimeout(
        (signal) => this.#source.read(signal),
        this.#options.readTimeoutMs,
        this.#closing.signal,
        this.#clock,
      );
    } catch (error) {
      return `Cannot read the supergraph ${this.#source.location}: ${describe(error)}`;
    }
    if (sdl === undefined || sdl === this.#refused?.sdl) return this.#refused?.reason;
    if (sdl === this.#served) {
      this.#refused = undefined;
      return undefined;
    }
    try {
      this.#serve(sdl);
    } catch (error) {
      this.#refused = { sdl, reason: `Cannot serve the supergraph ${this.#source.location}: ${describe(error)}` };
      return this.#refused.reason;
    }
    this.#refused = undefined;
    return undefined;
  }

  async #remember(): Promise<void> {
    try {
      if (this.#served !== undefined) await this.#options.store.write(SUPPLIED, this.#served);
    } catch (error) {
      this.#report(new Error(`Cannot keep the last good supergraph: ${describe(error)}`, { cause: error }));
    }
  }

  async #recall(): Promise<void> {
    try {
      const sdl = await this.#options.store.read(SUPPLIED);
      if (sdl !== undefined) this.#serve(sdl);
    } catch (error) {
      this.#report(new Error('Cannot use the last good supergraph', { cause: error }));
    }
  }

  #serve(sdl: string): void {
    const supergraph = readSupergraph(sdl);
    const graphs = [...supergraph.graphs.values()];
    const subgraphs = new Map(graphs.map((graph) => [graph.name, this.#options.makeSubgraph(graph)]));
    this.#current = { supergraph, subgraphs };
    this.#served = sdl;
  }

  #setStatus(failure: string | undefined, isFirst: boolean): void {
    const before = this.#status;
    const names = [...(this.#current?.subgraphs.keys() ?? [])];
    const state = failure === undefined ? 'live' : 'pinned';
    this.#status = {
      state: this.#current === undefined ? 'failed' : failure === undefined ? 'ready' : 'degraded',
      upstreams: names.map((name) => {
        const known = before.upstreams.find((upstream) => upstream.name === name);
        const sinceMs = known?.state === state ? known.sinceMs : this.#clock.now();
        return { name, state, reason: failure, sinceMs };
      }),
      fieldsLost: [],
    };
    if (JSON.stringify(before) === JSON.stringify(this.#status)) return;
    if (failure !== undefined && this.#current === undefined) this.#report(new Error(failure));
    if (!isFirst || failure !== undefined) this.#listener.onStatus?.(this.#status);
  }
}
