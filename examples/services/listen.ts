import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often a service was asked, by method and path (`GET /products/p1`), so that tests can count calls. */
export interface RequestCounter {
  readonly total: number;
  count(methodAndPath: string): number;
  entries(): [methodAndPath: string, count: number][];
  reset(): void;
}

/** A running service. */
export interface Service {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly origin: string;
  /** The address that an upstream file names: the origin, and `/graphql` where the service is GraphQL. */
  readonly url: string;
  /** Health checks are not counted. */
  readonly requests: RequestCounter;
  /** Stops listening, waits for answers in flight, at most `graceMs` (default 1000), then cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Appended to the origin to give `url`. */
  path?: string;
}

/** Serves `handler` on 127.0.0.1, and `GET /healthz` before it. Rejects if the port is taken. */
export function listen(handler: RequestListener, { port = 0, path = '' }: ListenOptions): Promise<Service> {
  const requests = createRequestCounter();
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
      return;
    }
    requests.add(`${request.method} ${request.url}`);
    handler(request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({ origin, url: origin + path, requests, close: (graceMs = 1000) => closeServer(graceMs) });
    });
  });

  function closeServer(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
  }
}

function createRequestCounter(): RequestCounter & { add(methodAndPath: string): void } {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    count: (methodAndPath) => counts.get(methodAndPath) ?? 0,
    entries: () => [...counts],
    reset() {
      counts.clear();
      total = 0;
    },
    add(methodAndPath) {
      total++;
      counts.set(methodAndPath, (counts.get(methodAndPath) ?? 0) + 1);
    },
  };
}
