import { hash } from 'node:crypto';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** One server, a set of Sentinels, or nodes of a Cluster. */
export type RedisTarget =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly string[];
      readonly name: string;
      readonly password?: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly string[]; readonly password?: string };

/** A connection that answers within a deadline or rejects, and never sends a command twice of its own accord. */
export class RedisConnection {
  readonly #client: Redis | Cluster;
  readonly #deadlineMs: number;

  constructor(target: RedisTarget, deadlineMs: number) {
    this.#client = connect(target);
    this.#deadlineMs = deadlineMs;
    // Without a listener a lost connection would end the process; each command says so where it matters.
    this.#client.on('error', () => {});
  }

  get client(): Redis | Cluster {
    return this.#client;
  }

  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  /** Waits for the first connection, at most so long; says whether it is there. */
  async waitUntilReady(timeoutMs: number): Promise<boolean> {
    if (this.isReady) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#client.once('ready', resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#client.off('ready', resolve);
    }
    return this.isReady;
  }

  /** Runs a script. @throws where the store cannot be reached, is late, or refuses. */
  run(script: string, keys: readonly string[], argv: readonly string[]): Promise<unknown> {
    return withDeadline(this.#evaluate(script, keys, argv), this.#deadlineMs);
  }

  /** @throws where the store cannot be reached or is late. */
  get(key: string): Promise<string | null> {
    return withDeadline(this.#client.get(key), this.#deadlineMs);
  }

  /** @throws where the store cannot be reached or is late. */
  getBytes(key: string): Promise<Buffer | null> {
    return withDeadline(this.#client.getBuffer(key), this.#deadlineMs);
  }

  /** @param ttlMs A whole number from 1. @throws where the store cannot be reached, is late, or refuses. */
  async setBytes(key: string, value: Buffer, ttlMs: number): Promise<void> {
    await withDeadline(this.#client.set(key, value, 'PX', ttlMs), this.#deadlineMs);
  }

  /** @throws where the store cannot be reached or is late. */
  async delete(key: string): Promise<void> {
    await withDeadline(this.#client.del(key), this.#deadlineMs);
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  async #evaluate(script: string, keys: readonly string[], argv: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(sha1(script), keys.length, ...keys, ...argv);
    } catch (error) {
      // A restarted or promoted server has no scripts. NOSCRIPT means that nothing ran, so sending again is safe.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.#client.eval(script, keys.length, ...keys, ...argv);
    }
  }
}

const digests = new Map<string, string>();

function sha1(script: string): string {
  let digest = digests.get(script);
  if (digest === undefined) {
    digest = hash('sha1', script);
    digests.set(script, digest);
  }
  return digest;
}

function connect(target: RedisTarget): Redis | Cluster {
  const common = {
    // A command that waited for a connection, or was sent again, would count a request that was decided long ago.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2_000,
  } satisfies RedisOptions;
  const retryStrategy = (times: number) => Math.min(50 * times, 1_000);
  if (target.kind === 'single') return new Redis(target.url, { ...common, enableOfflineQueue: false, retryStrategy });
  const password = target.password === undefined ? {} : { password: target.password };
  if (target.kind === 'sentinel') {
    const sentinels = target.sentinels.map(parseAddress);
    return new Redis({
      ...common,
      ...password,
      enableOfflineQueue: false,
      retryStrategy,
      sentinels,
      name: target.name,
    });
  }
  return new Cluster(target.nodes.map(parseAddress), {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    redisOptions: { ...common, ...password },
  });
}

function parseAddress(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(address.includes('://') ? address : `redis://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 6379 : Number(port) };
}

async function withDeadline<T>(answer: Promise<T>, deadlineMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  // Timers run before sockets are read: after a busy spell the answer may be here already, so look once more.
  const timer = setTimeout(
    () => setImmediate(() => late.reject(new Error(`The store took longer than ${deadlineMs} ms`))),
    deadlineMs,
  );
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
