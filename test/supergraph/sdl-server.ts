import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UpstreamReader } from '../../src/supergraph/upstream-reader.ts';

/** A real HTTP server that answers every request with an SDL; it can go down and come back on its port. */
export class SdlServer {
  readonly name: string;
  sdl: string;
  requests = 0;
  /** Accepts requests and never answers them. */
  hangs = false;
  #server: Server | undefined;
  #port = 0;

  constructor(name: string, sdl: string) {
    this.name = name;
    this.sdl = sdl;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async up(): Promise<this> {
    this.#server = createServer((_request, response) => {
      this.requests++;
      if (!this.hangs) response.end(this.sdl);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  get reader(): UpstreamReader {
    return {
      name: this.name,
      readSdl: async (signal) => {
        const response = await fetch(this.url, { signal, headers: { connection: 'close' } });
        return response.text();
      },
      makeSubgraph: (sdl) => ({ name: this.name, sdl, url: this.url, execute: () => ({ data: null }) }),
    };
  }
}
