import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A server that speaks bytes. */
export interface RawServer {
  readonly url: string;
  /** Connections so far, the closed ones too. */
  readonly sockets: net.Socket[];
}

/** @param onRequest Called for each piece of a request that comes. */
export async function startRaw(
  t: TestContext,
  onRequest: (socket: net.Socket, data: string, nth: number) => void,
  options: net.ServerOpts = {},
): Promise<RawServer> {
  const sockets: net.Socket[] = [];
  let nth = 0;
  const server = net.createServer(options, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => onRequest(socket, data.toString('latin1'), nth++));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Until the socket is closed. */
export async function closed(socket: net.Socket | undefined): Promise<void> {
  if (socket === undefined || socket.destroyed) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
