import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';

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
    const child = spawn(BINARY, [...this.#arguments, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    let told = '';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onText = (text: string) => {
      told += text;
      if (/Ready to accept connections|Sentinel ID is/.test(told)) resolve();
    };
    const onExit = (code: number | null) => reject(new Error(`redis-server ended with ${code}: ${told}`));
    child.stdout.setEncoding('utf8').on('data', onText);
    child.once('exit', onExit);
    await promise;
    child.stdout.off('data', onText).resume();
    child.off('exit', onExit);
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
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
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
