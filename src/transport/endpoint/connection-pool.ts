import type { LookupFunction } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { TransportDefinition } from '../../config/schema/transport.ts';
import type { Clock, Timer } from '../clock.ts';
import { type HostAddress, type ResolveHost, sameAddresses } from './resolve-host.ts';
import type { TlsOptions } from './tls-options.ts';

export interface ConnectionPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connections: TransportDefinition['connections'];
  readonly tls: TlsOptions;
  readonly clock: Clock;
  readonly resolve: ResolveHost;
  /** The addresses of the host changed; connections to the old ones end with their requests. */
  readonly onAddresses: (addresses: readonly HostAddress[]) => void;
}

/**
 * The connections to one endpoint. Its host name is resolved again when the TTL is over and requests came since; when
 * the addresses differ, new requests go to the new ones at once, and the old connections close when their requests end.
 */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #hostname: string;
  #pool: Pool;
  #addresses: readonly HostAddress[] = [];
  #next = 0;
  #used = false;
  #stale = true;
  #timer: Timer | undefined;
  #resolving: Promise<void> | undefined;
  #closed = false;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#hostname = new URL(options.origin).hostname.replace(/^\[|\]$/g, '');
    this.#pool = this.#createPool();
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#used = true;
    if (this.#stale) this.#ready().catch(ignore);
    this.#pool.dispatch(options, handler);
  }

  /** Waits for running requests. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    await this.#pool.close();
  }

  #createPool(): Pool {
    const { origin, connections, tls } = this.#options;
    const connect = buildConnector({
      ...tls,
      lookup: this.#lookup,
      timeout: connections.connectTimeoutMs,
      allowH2: connections.http2 === 'alpn',
      // Not in undici's types; its own H2C client uses it.
      ...(connections.http2 === 'h2c' && { useH2c: true }),
    });
    return new Pool(origin, {
      connect,
      connections: connections.max,
      // Only one HTTP/1.1 request at a time on a connection; HTTP/2 has streams for that.
      ...(connections.http2 === 'off' && { pipelining: 1 }),
      allowH2: connections.http2 !== 'off',
      keepAliveTimeout: connections.keepAliveMs,
      // The exchange has its own timers.
      headersTimeout: 0,
      bodyTimeout: 0,
      strictContentLength: true,
    });
  }

  readonly #lookup: LookupFunction = (_hostname, { all }, callback) => {
    this.#ready().then(
      () => {
        const addresses = this.#addresses;
        const first = this.#next++ % addresses.length;
        if (all === true) {
          callback(null, [...addresses.slice(first), ...addresses.slice(0, first)]);
          return;
        }
        const { address, family } = addresses[first] as HostAddress;
        callback(null, address, family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

  async #ready(): Promise<void> {
    if (!this.#stale) return;
    this.#resolving ??= this.#refresh().finally(() => {
      this.#resolving = undefined;
    });
    await this.#resolving;
  }

  async #refresh(): Promise<void> {
    const { addresses, ttlMs } = await this.#options.resolve(this.#hostname);
    if (this.#closed) return;
    const changed = this.#addresses.length > 0 && !sameAddresses(this.#addresses, addresses);
    this.#addresses = addresses;
    this.#stale = false;
    if (ttlMs < Number.POSITIVE_INFINITY) this.#timer = this.#options.clock.setTimeout(this.#expire, ttlMs);
    if (!changed) return;
    const old = this.#pool;
    this.#pool = this.#createPool();
    this.#options.onAddresses(addresses);
    // Not waited for: what runs on the old addresses may take long.
    old.close().catch(ignore);
  }

  readonly #expire = (): void => {
    this.#timer = undefined;
    if (!this.#used) {
      // Nobody asks: the next request has it resolved again.
      this.#stale = true;
      return;
    }
    this.#used = false;
    this.#refresh().catch(() => {
      // The name server is out of reach: the known addresses serve on, and are asked for again.
      if (!this.#closed) this.#timer = this.#options.clock.setTimeout(this.#expire, RETRY_MS);
    });
  };
}

const RETRY_MS = 5_000;
const ignore = () => {};
