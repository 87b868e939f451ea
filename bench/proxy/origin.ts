import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { LoadResult } from '../harness/load.ts';

/** What the origin answers: a small JSON object, as most services do. */
export const ORIGIN_BODY: string = JSON.stringify({
  id: '0190a0b0-0000-7000-8000-000000000001',
  name: 'A kettle of brushed steel',
  price: { amount: '129.90', currency: 'EUR' },
  stock: 12,
  tags: ['kitchen', 'steel', 'new'],
  description: 'Boils a litre of water in three minutes and then stops by itself.',
});

export const PATH = '/items/7';

/** What all loads send, byte by byte: the request of a frontend. */
export const REQUEST: string = [
  `GET ${PATH} HTTP/1.1`,
  'Host: shop.example',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101',
  'Accept: application/json',
  'Accept-Language: en-GB,en;q=0.8',
  'Referer: https://shop.example/items',
  '\r\n',
].join('\r\n');

export interface PacedLoad {
  readonly url: string;
  readonly connections: number;
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/** `p99Ms` is that of the median half second. */
export interface PacedResult extends LoadResult {
  /** Over the whole run. */
  readonly overallP99Ms: number;
  /** How often the machine took the core away from the load; that time is not counted. */
  readonly stalls: number;
}

/** The service behind all proxies, which can put a paced load on them as well: see `origin-and-load.c`. */
export class Origin {
  readonly url: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #results: AsyncIterator<string>;

  private constructor(url: string, process: ChildProcessByStdio<Writable, Readable, null>) {
    this.url = url;
    this.#process = process;
    this.#results = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** @param folder For the program. @throws {Error} where it cannot be compiled. */
  static start(folder: string, port: number, core: number): Origin {
    const program = join(folder, 'origin-and-load');
    execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'origin-and-load.c'), '-lm']);
    const args = ['-c', String(core), program, String(port), REQUEST, ORIGIN_BODY];
    const started = spawn('taskset', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Origin(`http://127.0.0.1:${port}${PATH}`, started);
  }

  async put({ url, connections, ratePerSecond, seconds }: PacedLoad): Promise<PacedResult> {
    this.#process.stdin.write(`${new URL(url).port} ${connections} ${ratePerSecond} ${seconds}\n`);
    const { value, done } = await this.#results.next();
    if (done) throw new Error('The load ended early: see what it says above');
    return JSON.parse(value) as PacedResult;
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}
