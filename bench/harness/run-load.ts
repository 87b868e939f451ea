import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from './load.ts';

const run = promisify(execFile);

export interface PacedLoad {
  readonly url: string;
  readonly connections: number;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** What every answer must be. */
  readonly body: string;
}

/** `p99Ms` is that of the median half second. */
export interface PacedResult extends LoadResult {
  /** Over the whole run. */
  readonly overallP99Ms: number;
  /** How often the machine took the core away from the load; that time is not counted. */
  readonly stalls: number;
}

/** Puts paced loads on servers, see `paced-load.c`. @throws {Error} where it cannot be compiled. */
export class PacedLoader {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<PacedLoader> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-paced-load-'));
    const source = join(import.meta.dirname, 'paced-load.c');
    await run('cc', ['-O2', '-o', join(folder, 'paced-load'), source, '-lm']);
    return new PacedLoader(folder);
  }

  async put({ url, connections, ratePerSecond, seconds, body }: PacedLoad, core: number): Promise<PacedResult> {
    const { port, pathname } = new URL(url);
    const args = [port, pathname, connections, ratePerSecond, seconds, body].map(String);
    const { stdout } = await run('taskset', ['-c', String(core), join(this.#folder, 'paced-load'), ...args]);
    return JSON.parse(stdout) as PacedResult;
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

/** Puts as much load on a server as it bears, by wrk on a core. @throws {Error} where wrk is not installed. */
export async function putFullLoad(
  load: Pick<PacedLoad, 'url' | 'connections' | 'seconds'>,
  core: number,
): Promise<LoadResult> {
  const { url, connections, seconds } = load;
  const { stdout } = await run('taskset', [
    ...['-c', String(core), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency'],
    ...['-H', 'accept: application/json', url],
  ]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  const unsuccessful = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  return {
    requests,
    seconds,
    wrong: unsuccessful + errors.reduce((sum, each) => sum + Number(each), 0),
    p50Ms: readMs(stdout, '50%'),
    p99Ms: readMs(stdout, '99%'),
  };
}

function readMs(output: string, quantile: string): number {
  const [, value, unit] = new RegExp(`${quantile}\\s+([\\d.]+)(us|ms|s)`).exec(output) ?? [];
  return Number(value) * (unit === 'us' ? 0.001 : unit === 's' ? 1_000 : 1);
}
