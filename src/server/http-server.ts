import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/config.ts';
import type { UpgradeListener } from './upgrade-listener.ts';

export interface HttpServer {
  /** Base URL, with the port that was really bound. */
  readonly url: string;
  /**
   * Stops accepting, lets requests in flight finish for `graceMs`, then cuts what is left.
   * @returns whether everything finished in time.
   */
  close(graceMs: number): Promise<boolean>;
}

/** @throws {Error} as `net.Server.listen` does: `EADDRINUSE`, `EACCES`, … */
export async function listen(
  config: Config['server'],
  listener: RequestListener,
  onUpgrade: UpgradeListener,
): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: config.headersTimeoutMs,
      // Deadlines are set for each request by the gateway; Node's own limit would cut long uploads.
      requestTimeout: 0,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
      noDelay: true,
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    listener,
  );
  // Whether a client may send its body is decided like the rest of the request, and not before.
  server.on('checkContinue', listener);
  const tunnels = new Set<() => void>();
  server.on('upgrade', (request, socket, head) => {
    const close = onUpgrade(request, socket, head);
    tunnels.add(close);
    socket.once('close', () => tunnels.delete(close));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}`,
    close: (graceMs) => {
      for (const close of tunnels) close();
      return closeServer(server, graceMs);
    },
  };
}

function closeServer(server: Server, graceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let inTime = true;
    const timer = setTimeout(() => {
      inTime = false;
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve(inTime);
    });
    server.closeIdleConnections();
  });
}
