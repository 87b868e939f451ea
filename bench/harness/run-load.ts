import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from './load.ts';
import type { PacedLoad } from './paced-load.ts';

const run = promisify(execFile);

/** Puts a paced load on a server, from a process of its own on a core. */
export async function putPacedLoad(load: PacedLoad, core: number): Promise<LoadResult> {
  const program = [process.execPath, join(import.meta.dirname, 'paced-load.ts'), JSON.stringify(load)];
  // It never sleeps, so that it is on time: the origin, which may share its core, must not have to wait for it.
  const args = ['-c', String(core), 'nice', '-n', '19', ...program];
  return JSON.parse((await run('taskset', args)).stdout) as LoadResult;
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
