import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

export interface PortChoice {
  readonly port: number;
  /** Whether another process has the default port, and any free one was taken instead. */
  readonly isSubstitute: boolean;
}

/**
 * The port that the environment variable `name` gives, or `byDefault` if it is free, or any free port.
 *
 * @throws {Error} If the variable is no port, or names one that is taken.
 */
export async function choosePort(name: string, byDefault: number, env = process.env): Promise<PortChoice> {
  const text = env[name];
  if (text === undefined || text === '') {
    if (await isFree(byDefault)) return { port: byDefault, isSubstitute: false };
    return { port: await findFreePort(), isSubstitute: true };
  }
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${name} must be a port from 0 to 65535, got "${text}"`);
  }
  if (port === 0) return { port: await findFreePort(), isSubstitute: false };
  if (!(await isFree(port))) throw new Error(`${name} is ${port}, but another process listens there`);
  return { port, isSubstitute: false };
}

async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

async function findFreePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('No port is free');
  return port;
}

/** The port that could be listened on; `undefined`: none. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: actual } = server.address() as AddressInfo;
      server.close(() => resolve(actual));
    });
  });
}
