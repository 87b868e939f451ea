import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = '/usr/bin/redis-server';

/** Why Redis tests are skipped; `false` where they run. */
export const skipRedis = existsSync(BINARY) ? false : `there is no ${BINARY}`;

/** A real Redis on a free port of this machine, without persistence: a restart loses all. */
export class RedisServer {
  readonly port: number;
  readonly #arguments: readonly string[];
  readonly #directory: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, more: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#arguments = more;
  }

  static async start(...more: string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'weir-redis-'));
    const server = new RedisServer(await findFreePort(), directory, more);
    await server.resume();
    return server;
  }

  /** A Sentinel that watches the master under the name `weir`. */
  static async startSentinel(master: RedisServer): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'weir-sentinel-'));
    const file = join(directory, 'sentinel.conf');
    await writeFile(file, `sentinel monitor weir 127.0.0.1 ${master.port} 1\n`);
    const server = new RedisServer(await findFreePort(), directory, [file, '--sentinel']);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port. */
  async resume(): Promise<void> {
    const options = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.#directory,
    ];
    const child = spawn(BINARY, [...this.#arguments, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (/Ready to accept connections|Sentinel ID is/.test(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    await promise;
    child.removeAllListeners('exit');
  }

  /** Stops answering without closing a connection. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.#process = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  // A node of a Cluster also listens on its port + 10,000.
  return port > 55_535 ? findFreePort() : port;
}
