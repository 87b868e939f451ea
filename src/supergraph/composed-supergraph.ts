import type { Subgraph } from '../subgraphs/subgraph.ts';
import { backOffMs } from './back-off.ts';
import { type Clock, systemClock } from './clock.ts';
import type { LastGoodStore } from './last-good-store.ts';
import { type Selection, selectComposable } from './quarantine.ts';
import { readSupergraph, type Supergraph } from './supergraph.ts';
import type {
  LoadedSupergraph,
  SupergraphListener,
  SupergraphStatus,
  SupergraphWatcher,
} from './supergraph-watcher.ts';
import {
  describeUpstream,
  findFieldsLost,
  type TrackedUpstream,
  toCandidate,
  trackUpstream,
} from './tracked-upstream.ts';
import { describe, readUpstream, type UpstreamReader } from './upstream-reader.ts';

export interface ComposedSupergraphOptions {
  readonly readers: readonly UpstreamReader[];
  readonly store: LastGoodStore;
  /** The committed supergraph: says what an absent upstream had where the store knows of no time when all took part. */
  readonly snapshot?: string | undefined;
  /** Longest wait for one upstream's SDL, in milliseconds, > 0. All are read at once. */
  readonly readTimeoutMs: number;
  /** First pause before an upstream that is not live is tried again, in milliseconds, > 0; see {@link backOffMs}. */
  readonly retryIntervalMs: number;
  readonly listener?: SupergraphListener;
  readonly clock?: Clock;
}

/** The key in the store of the last supergraph in which every upstream took part. */
const WHOLE = 'supergraph';
const keyOf = (name: string) => `upstream.${name}`;

/** Composes the supergraph of all upstreams that can take part, and tries the others again until they can. */
export function createComposedSupergraph(options: ComposedSupergraphOptions): SupergraphWatcher {
  return new ComposedSupergraph(options);
}

class ComposedSupergraph implements SupergraphWatcher {
  readonly #store: LastGoodStore;
  readonly #snapshot: string | undefined;
  readonly #readTimeoutMs: number;
  readonly #retryIntervalMs: number;
  readonly #listener: SupergraphListener;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #upstreams: readonly TrackedUpstream[];
  /** Loads run one after the other: they share all that follows. */
  #queue: Promise<void> = Promise.resolve();
  /** The last supergraph in which every upstream took part. */
  #whole: Supergraph | undefined;
  /** What takes part; `undefined` before the first load. */
  #selection: Selection | undefined;
  #current: LoadedSupergraph | undefined;
  #status: SupergraphStatus;

  constructor({
    readers,
    store,
    snapshot,
    readTimeoutMs,
    retryIntervalMs,
    listener = {},
    clock = systemClock,
  }: ComposedSupergraphOptions) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#readTimeoutMs = readTimeoutMs;
    this.#retryIntervalMs = retryIntervalMs;
    this.#listener = listener;
    this.#clock = clock;
    this.#upstreams = readers.map((reader) => trackUpstream(reader, clock.now()));
    this.#status = { state: 'failed', upstreams: this.#upstreams.map(({ status }) => status), fieldsLost: [] };
  }

  get current(): LoadedSupergraph | undefined {
    return this.#current;
  }

  get status(): SupergraphStatus {
    return this.#status;
  }

  async start(): Promise<LoadedSupergraph | undefined> {
    await this.#enqueue(async () => {
      await this.#recall();
      await this.#load(this.#upstreams);
    });
    return this.#current;
  }

  async reload(): Promise<void> {
    await this.#enqueue(() => this.#load(this.#upstreams));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The gateway is closing'));
    for (const upstream of this.#upstreams) upstream.cancelRetry?.();
    await this.#queue;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(task).catch((error: unknown) => this.#report(error));
    return this.#queue;
  }

  #report(error: unknown): void {
    this.#listener.onError?.(error instanceof Error ? error : new Error(String(error)));
  }

  /** Takes from the store what was good before this start. */
  async #recall(): Promise<void> {
    await Promise.all(
      this.#upstreams.map(async (upstream) => {
        try {
          const sdl = await this.#store.read(keyOf(upstream.reader.name));
          if (sdl === undefined) return;
          upstream.pinned = upstream.reader.makeSubgraph(sdl);
          upstream.stored = sdl;
        } catch (error) {
          this.#report(
            new Error(`Cannot use the last good SDL of upstream "${upstream.reader.name}"`, { cause: error }),
          );
        }
      }),
    );
    try {
      const whole = (await this.#store.read(WHOLE)) ?? this.#snapshot;
      if (whole !== undefined) this.#whole = readSupergraph(whole);
    } catch (error) {
      this.#report(new Error('Cannot use the last whole supergraph', { cause: error }));
    }
  }

  /** Reads some upstreams anew and serves what composes then. */
  async #load(upstreams: readonly TrackedUpstream[]): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const changes = await Promise.all(upstreams.map((upstream) => this.#read(upstream)));
    if (this.#closing.signal.aborted) return;

    const before = this.#selection;
    const isFirst = before === undefined;
    const selection = isFirst || changes.includes(true) ? selectComposable(this.#upstreams.map(toCandidate)) : before;
    this.#selection = selection;
    for (const upstream of this.#upstreams) upstream.status = describeUpstream(upstream, selection, this.#clock.now());
    const changed = this.#adopt(selection);
    this.#setStatus(isFirst);
    if (changed !== undefined && !isFirst) this.#listener.onChange?.(changed);
    await this.#remember(selection);
    this.#planRetries(upstreams);
  }

  /** @returns Whether there is something new to compose. */
  async #read(upstream: TrackedUpstream): Promise<boolean> {
    const { reader, live: before } = upstream;
    const reading = await readUpstream(reader, this.#readTimeoutMs, this.#closing.signal, this.#clock);
    if (this.#closing.signal.aborted) return false;
    if ('reason' in reading) {
      upstream.live = undefined;
      upstream.source = undefined;
      upstream.reason = reading.reason;
      return before !== undefined;
    }
    upstream.reason = undefined;
    upstream.source = reading.source;
    const { sdl, url } = reading.subgraph;
    if (before?.sdl === sdl && before.url === url) return false;
    // The object in use stays in use when an upstream comes back as it was.
    upstream.live = upstream.pinned?.sdl === sdl && upstream.pinned.url === url ? upstream.pinned : reading.subgraph;
    return true;
  }

  /** @returns What is served now, where it is another than before. */
  #adopt({ sdl, parts }: Selection): LoadedSupergraph | undefined {
    // Without a supergraph the one in use stays.
    if (sdl === undefined) return undefined;
    const before = this.#current;
    const subgraphs = new Map<string, Subgraph>();
    for (const [name, part] of parts) {
      if (part.state !== 'absent') subgraphs.set(name, part.subgraph);
    }
    const supergraph: Supergraph = before?.supergraph.sdl === sdl ? before.supergraph : readSupergraph(sdl);
    const isSame =
      supergraph === before?.supergraph &&
      [...subgraphs].every(([name, subgraph]) => before.subgraphs.get(name) === subgraph);
    if (isSame) return undefined;
    this.#current = { supergraph, subgraphs };
    return this.#current;
  }

  #setStatus(isFirst: boolean): void {
    const before = this.#status;
    const upstreams = this.#upstreams.map(({ status }) => status);
    const isReady = upstreams.every(({ state }) => state === 'live');
    this.#status = {
      state: this.#current === undefined ? 'failed' : isReady ? 'ready' : 'degraded',
      upstreams,
      fieldsLost: this.#current ? findFieldsLost(this.#upstreams, this.#current.supergraph, this.#whole) : [],
    };
    if (isFirst && isReady) return;
    if (JSON.stringify(before) !== JSON.stringify(this.#status)) this.#listener.onStatus?.(this.#status);
  }

  /** Keeps what has proved good. A store that cannot be written costs the next start, not this one. */
  async #remember({ sdl, parts }: Selection): Promise<void> {
    try {
      for (const upstream of this.#upstreams) {
        const { reader, source } = upstream;
        const part = parts.get(reader.name);
        if (part?.state !== 'live' || sdl === undefined || source === undefined) continue;
        if (upstream.pinned?.sdl !== part.subgraph.sdl) upstream.pinned = part.subgraph;
        if (upstream.stored === source) continue;
        await this.#store.write(keyOf(reader.name), source);
        upstream.stored = source;
      }
      if (this.#current === undefined || this.#upstreams.some(({ status }) => status.state === 'absent')) return;
      this.#whole = this.#current.supergraph;
      await this.#store.write(WHOLE, this.#current.supergraph.sdl);
    } catch (error) {
      this.#report(new Error(`Cannot keep the last good SDL: ${describe(error)}`, { cause: error }));
    }
  }

  /** Every upstream that is not live has one attempt ahead of it. `tried` are those whose last one is over. */
  #planRetries(tried: readonly TrackedUpstream[]): void {
    if (this.#closing.signal.aborted) return;
    for (const upstream of this.#upstreams) {
      const isLive = upstream.status.state === 'live';
      if (!isLive && upstream.cancelRetry !== undefined && !tried.includes(upstream)) continue;
      upstream.cancelRetry?.();
      upstream.cancelRetry = undefined;
      upstream.failures = isLive ? 0 : upstream.failures + 1;
      if (isLive) continue;
      const pauseMs = backOffMs(this.#retryIntervalMs, upstream.failures, this.#clock.random());
      upstream.cancelRetry = this.#clock.after(pauseMs, () => void this.#enqueue(() => this.#load([upstream])));
    }
  }
}
