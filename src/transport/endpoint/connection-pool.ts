import type { LookupFunction } from 'node:net';
import type { TransportDefinition } from '../../config/schema/transport.ts';
import type { Clock, Timer } from '../clock.ts';
import { Http1Connections } from '../http1/http1-connections.ts';
import { AlpnConnections } from '../http2/alpn-connections.ts';
import { Http2Connections } from '../http2/http2-connections.ts';
import { connectSocket } from './connect-socket.ts';
import type { Connections } from './connections.ts';
import { type HostAddress, type ResolveHost, sameAddresses } from './resolve-host.ts';
import type { TlsOptions } from './tls-options.ts';
import type { WireRequest } from './wire-request.ts';

export interface ConnectionPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connections: TransportDefinition['connections'];
  readonly tls: TlsOptions;
  readonly clock: Clock;
  readonly resolve: ResolveHost;
  /**
   * The addresses of the host changed; connections to the old ones end with their requests.
   * @param isMoved Whether none of them is left.
   */
  readonly onAddresses: (addresses: readonly HostAddress[], isMoved: boolean) => void;
}

/**
 * The connections to one endpoint. Its host name is resolved again when the TTL is over and requests came since; when
 * the addresses differ, new requests go to the new ones at once, and the old connections close when their requests end.
 */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #hostname: string;
  #connections: Connections;
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
    this.#connections = this.#create();
  }

  dispatch(request: WireRequest): void {
    this.#used = true;
    if (this.#stale) this.#ready().catch(ignore);
    this.#connections.dispatch(request);
  }

  /** Waits for running requests. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    await this.#connections.close();
  }

  #create(): Connections {
    const { origin, connections, tls, clock } = this.#options;
    const { http2, max, keepAliveMs, connectTimeoutMs: timeoutMs } = connections;
    const url = new URL(origin);
    const shared = { max, keepAliveMs, clock };
    const to = { url, tls, lookup: this.#lookup, timeoutMs };
    const connect = (protocols: readonly string[]) => () => connectSocket({ ...to, protocols });
    const http1 = new Http1Connections({
      ...shared,
      host: url.host,
      connect: (onread) => connectSocket({ ...to, protocols: ['http/1.1'], onread }),
      readsDirectly: url.protocol === 'http:',
    });
    switch (http2) {
      case 'alpn':
        return new AlpnConnections({ ...shared, origin: url, connect: connect(['h2', 'http/1.1']), http1 });
      case 'h2c':
        return new Http2Connections({ ...shared, origin: url, connect: connect(['h2']) });
      default:
        return http1;
    }
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
    const before = this.#addresses;
    const changed = before.length > 0 && !sameAddresses(before, addresses);
    this.#addresses = addresses;
    this.#stale = false;
    if (ttlMs < Number.POSITIVE_INFINITY) this.#timer = this.#options.clock.setTimeout(this.#expire, ttlMs);
    if (!changed) return;
    const old = this.#connections;
    this.#connections = this.#create();
    this.#options.onAddresses(
      addresses,
      before.every(({ address }) => addresses.every((each) => each.address !== address)),
    );
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
