import type { ConnectionPool } from './connection-pool.ts';
import type { AnswerHandler, OutgoingRequest } from './connections.ts';
import { WireRequest } from './wire-request.ts';

export interface EndpointOptions {
  readonly url: string;
  readonly weight: number;
  readonly version: string | undefined;
  readonly zone: string | undefined;
  readonly pool: ConnectionPool;
  /** Equal where the connections are made in the same way. */
  readonly connectionKey: string;
}

/** One address of an upstream: its connections, and what is known of its health. Lives on when a reload leaves it unchanged. */
export class Endpoint {
  /** The URL; unique in an upstream. */
  readonly id: string;
  readonly basePath: string;
  readonly connectionKey: string;
  weight: number;
  version: string | undefined;
  zone: string | undefined;
  /** Requests on their way. */
  inFlight = 0;
  /** By the active checks. */
  healthy = true;
  /** `performance.now()` until which passive checks keep it out. */
  ejectedUntilMs = 0;
  readonly #pool: ConnectionPool;
  #owners = 0;

  constructor({ url, weight, version, zone, pool, connectionKey }: EndpointOptions) {
    this.id = url;
    const { pathname, search } = new URL(url);
    this.basePath = (pathname === '/' ? '' : pathname) + search;
    this.connectionKey = connectionKey;
    this.weight = weight;
    this.version = version;
    this.zone = zone;
    this.#pool = pool;
  }

  /** The request target for a path relative to the endpoint's URL. */
  target(path: string): string {
    // The slash between the two is one.
    const isDouble = path.startsWith('/') && this.basePath.endsWith('/');
    const target = isDouble ? this.basePath + path.slice(1) : this.basePath + path;
    return target.startsWith('/') ? target : `/${target}`;
  }

  isAvailable(nowMs: number): boolean {
    return this.healthy && this.ejectedUntilMs <= nowMs;
  }

  /** Puts a request on its way; the handler may hear of an error before this returns. */
  dispatch(outgoing: OutgoingRequest, handler: AnswerHandler): WireRequest {
    const request = new WireRequest(outgoing, handler);
    this.#pool.dispatch(request);
    return request;
  }

  /** Each generation of the upstream that uses the endpoint retains it once, and releases it once. */
  retain(): this {
    this.#owners++;
    return this;
  }

  /** The last one closes the connections when their requests are done. */
  async release(): Promise<void> {
    this.#owners--;
    if (this.#owners === 0) await this.#pool.close();
  }
}
