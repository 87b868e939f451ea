import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from '../harness/load.ts';
import { type PacedLoad, REQUEST } from './origin.ts';

const run = promisify(execFile);

export interface FullLoad extends Omit<PacedLoad, 'ratePerSecond'> {
  /** How many orders the fields of the requests come in. */
  readonly orders: number;
}

/** Puts as much load on a server as it bears, by wrk on a core. @throws {Error} where wrk is not installed. */
export async function putFullLoad({ url, connections, seconds, orders }: FullLoad, core: number): Promise<LoadResult> {
  const script = join(import.meta.dirname, 'full-load.lua');
  const { stdout } = await run(
    'taskset',
    ['-c', String(core), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url],
    { env: { ...process.env, WRK_REQUESTS: inOrders(REQUEST, orders).join('') } },
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

/** A request with its fields in so many orders; of n fields, n prime, there are n * (n - 1) that differ. */
function inOrders(request: string, count: number): string[] {
  const [line, ...fields] = request.trimEnd().split('\r\n');
  return Array.from({ length: count }, (_, k) => {
    const step = 1 + (k % (fields.length - 1));
    const shuffled = fields.map((_, i) => fields[(i * step + k) % fields.length]);
    return [line, ...shuffled, '\r\n'].join('\r\n');
  });
}

function readMs(output: string, quantile: string): number {
  const [, value, unit] = new RegExp(`${quantile}\\s+([\\d.]+)(us|ms|s)`).exec(output) ?? [];
  return Number(value) * (unit === 'us' ? 0.001 : unit === 's' ? 1_000 : 1);
}
