import type { Address } from './address.ts';
import type { AnswerHandler, OutgoingRequest } from './connections.ts';
import { WireRequest } from './wire-request.ts';

export interface EndpointOptions {
  readonly url: string;
  readonly weight: number;
  readonly version: string | undefined;
  readonly zone: string | undefined;
  readonly address: Address;
}

/** One address of an upstream as one generation of its config has it. */
export class Endpoint {
  /** The URL; unique in an upstream. */
  readonly id: string;
  readonly basePath: string;
  /** As configured. */
  readonly fullWeight: number;
  readonly version: string | undefined;
  readonly zone: string | undefined;
  readonly address: Address;
  /** What the balancers go by: less than the full one in a slow start. */
  weight: number;

  constructor({ url, weight, version, zone, address }: EndpointOptions) {
    this.id = url;
    const { pathname, search } = new URL(url);
    this.basePath = (pathname === '/' ? '' : pathname) + search;
    this.fullWeight = weight;
    this.weight = weight;
    this.version = version;
    this.zone = zone;
    this.address = address.retain();
  }

  get inFlight(): number {
    return this.address.inFlight;
  }

  set inFlight(count: number) {
    this.address.inFlight = count;
  }

  get healthy(): boolean {
    return this.address.healthy;
  }

  get ejectedUntilMs(): number {
    return this.address.ejectedUntilMs;
  }

  /** The verdict of the active checks. */
  judge(healthy: boolean, nowMs: number): void {
    const { address } = this;
    if (healthy && !address.healthy) address.servesSinceMs = nowMs;
    address.healthy = healthy;
    // A service that is well by its own word is not kept out for older failures.
    if (healthy && address.ejectedUntilMs > 0) {
      address.servesSinceMs = Math.min(nowMs, Math.max(address.servesSinceMs, address.ejectedUntilMs));
      address.ejectedUntilMs = 0;
    }
  }

  eject(untilMs: number): void {
    this.address.ejectedUntilMs = untilMs;
  }

  /** The request target for a path relative to the endpoint's URL. */
  target(path: string): string {
    // The slash between the two is one.
    const isDouble = path.startsWith('/') && this.basePath.endsWith('/');
    const target = isDouble ? this.basePath + path.slice(1) : this.basePath + path;
    return target.startsWith('/') ? target : `/${target}`;
  }

  isAvailable(nowMs: number): boolean {
    const { healthy, ejectedUntilMs } = this.address;
    return healthy && ejectedUntilMs <= nowMs;
  }

  /** Milliseconds that it has been in service, new or again; `Infinity`: since the start. */
  serviceMs(nowMs: number): number {
    const { servesSinceMs, ejectedUntilMs } = this.address;
    return nowMs - (ejectedUntilMs === 0 ? servesSinceMs : Math.max(servesSinceMs, ejectedUntilMs));
  }

  /** Puts a request on its way; the handler may hear of an error before this returns. */
  dispatch(outgoing: OutgoingRequest, handler: AnswerHandler): WireRequest {
    const request = new WireRequest(outgoing, handler);
    this.address.pool.dispatch(request);
    return request;
  }

  /** To be called once, when its generation sends no more. */
  release(): Promise<void> {
    return this.address.release();
  }
}
