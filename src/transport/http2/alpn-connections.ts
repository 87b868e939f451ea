import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { Connections } from '../endpoint/connections.ts';
import { Http2Connections, type Http2ConnectionsOptions, NO_CONTROLLER } from './http2-connections.ts';
import type { Http2Request } from './http2-request.ts';

export interface AlpnConnectionsOptions extends Http2ConnectionsOptions {
  readonly http1: Connections;
}

/** Speaks what the service chooses in the TLS handshake: HTTP/2, or HTTP/1.1 from then on. */
export class AlpnConnections implements Connections {
  readonly #http1: Connections;
  readonly #http2: Http2Connections;
  readonly #connect: () => Promise<Socket>;
  readonly #waiting: Http2Request[] = [];
  #choice: 'unknown' | 'asking' | 'http1' | 'http2' = 'unknown';

  constructor(options: AlpnConnectionsOptions) {
    this.#http1 = options.http1;
    this.#connect = options.connect;
    this.#http2 = new Http2Connections({ ...options, connect: () => this.#connectHttp2() });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.#choice === 'http1' || options.upgrade) {
      this.#http1.dispatch(options, handler);
    } else if (this.#choice === 'http2') {
      this.#http2.dispatch(options, handler);
    } else {
      this.#waiting.push({ options, handler });
      if (this.#choice === 'unknown') this.#ask();
    }
  }

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
          // The other connections are not made from a socket.
          socket.destroy();
        }
        for (const { options, handler } of this.#waiting.splice(0)) this.dispatch(options, handler);
      },
      (error: Error) => {
        this.#choice = 'unknown';
        for (const { handler } of this.#waiting.splice(0)) handler.onResponseError?.(NO_CONTROLLER, error);
      },
    );
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
