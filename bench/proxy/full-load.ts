import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from '../harness/load.ts';
import { type PacedLoad, REQUEST } from './origin.ts';

const run = promisify(execFile);

/** Puts as much load on a server as it bears, by wrk on a core. @throws {Error} where wrk is not installed. */
export async function putFullLoad(load: Omit<PacedLoad, 'ratePerSecond'>, core: number): Promise<LoadResult> {
  const { url, connections, seconds } = load;
  const script = join(import.meta.dirname, 'full-load.lua');
  const { stdout } = await run(
    'taskset',
    ['-c', String(core), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url],
    { env: { ...process.env, WRK_REQUEST: REQUEST } },
  );
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
