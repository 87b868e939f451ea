import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where Linux and macOS begin to hand out ports of their own accord: 32768 and 49152. */
const FIRST_EPHEMERAL = 32_768;
const FIRST = 10_000;
/** A node of a Redis Cluster listens on its port + 10,000 too. */
const BUS = 10_000;

/**
 * A port of 127.0.0.1 for a program that cannot be asked for port 0. It lies below those that the system gives to
 * connections and to `listen(0)`, so none of them takes it before the program does; the same holds for the port 10,000
 * above it.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (FIRST_EPHEMERAL - FIRST - BUS));
    if ((await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
