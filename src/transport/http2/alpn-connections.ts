import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connections } from '../endpoint/connections.ts';
import type { Holder, WireRequest } from '../endpoint/wire-request.ts';
import type { Http1Connections } from '../http1/http1-connections.ts';
import { Http2Connections, type Http2ConnectionsOptions } from './http2-connections.ts';

export interface AlpnConnectionsOptions extends Http2ConnectionsOptions {
  readonly http1: Http1Connections;
}

/** Speaks what the service chooses in the TLS handshake: HTTP/2, or HTTP/1.1 from then on. */
export class AlpnConnections implements Connections, Holder {
  readonly #http1: Http1Connections;
  readonly #http2: Http2Connections;
  readonly #connect: () => Promise<Socket>;
  readonly #waiting = new Set<WireRequest>();
  #choice: 'unknown' | 'asking' | 'http1' | 'http2' = 'unknown';

  constructor(options: AlpnConnectionsOptions) {
    this.#http1 = options.http1;
    this.#connect = options.connect;
    this.#http2 = new Http2Connections({ ...options, connect: () => this.#connectHttp2() });
  }

  dispatch(request: WireRequest): void {
    if (this.#choice === 'http1' || request.outgoing.upgrade !== undefined) {
      this.#http1.dispatch(request);
    } else if (this.#choice === 'http2') {
      this.#http2.dispatch(request);
    } else {
      request.holder = this;
      this.#waiting.add(request);
      if (this.#choice === 'unknown') this.#ask();
    }
  }

  drop(request: WireRequest): void {
    this.#waiting.delete(request);
  }

  /** What waits has nothing to hold back. */
  pause(): void {}

  resume(): void {}

  async close(): Promise<void> {
    await Promise.all([this.#http1.close(), this.#http2.close()]);
  }

  #ask(): void {
    this.#choice = 'asking';
    this.#connect().then(
      (socket) => {
        if ((socket as TLSSocket).alpnProtocol === 'h2') {
          this.#choice = 'http2';
          this.#http2.adopt(socket);
        } else {
          this.#choice = 'http1';
          this.#http1.adopt(socket);
        }
        for (const request of this.#takeWaiting()) this.dispatch(request);
      },
      (error: Error) => {
        this.#choice = 'unknown';
        for (const request of this.#takeWaiting()) request.fail(error, false);
      },
    );
  }

  #takeWaiting(): WireRequest[] {
    const taken = [...this.#waiting];
    this.#waiting.clear();
    return taken;
  }

  async #connectHttp2(): Promise<Socket> {
    const socket = await this.#connect();
    if ((socket as TLSSocket).alpnProtocol === 'h2') return socket;
    socket.destroy();
    // The service was replaced by one without HTTP/2: the next requests go by HTTP/1.1.
    this.#choice = 'http1';
    throw new Error('The service no longer speaks HTTP/2');
  }
}
