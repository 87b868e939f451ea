import type { ConnectionPool } from './connection-pool.ts';

/** What the generations of an upstream share of an endpoint: its connections, and what is known of its health. */
export class Address {
  /** Equal where the connections are made in the same way. */
  readonly connectionKey: string;
  readonly pool: ConnectionPool;
  /** Requests on their way. */
  inFlight = 0;
  /** By the active checks. */
  healthy = true;
  /** `performance.now()` until which passive checks keep it out. */
  ejectedUntilMs = 0;
  /** `performance.now()` from which on it serves, new or again; `-Infinity`: since the start. */
  servesSinceMs = Number.NEGATIVE_INFINITY;
  #owners = 0;

  constructor(connectionKey: string, pool: ConnectionPool) {
    this.connectionKey = connectionKey;
    this.pool = pool;
  }

  /** Each generation of the upstream that uses it retains it once, and releases it once. */
  retain(): this {
    this.#owners++;
    return this;
  }

  /** The last one closes the connections when their requests are done. */
  async release(): Promise<void> {
    this.#owners--;
    if (this.#owners === 0) await this.pool.close();
  }
}
