import { type Load, type LoadResult, putLoad } from './load.ts';
import type { PinnedProcess } from './pinned-process.ts';

/** One row of a comparison. */
export interface Row extends LoadResult {
  readonly name: string;
  readonly cpuMsPerRequest: number;
  readonly peakMiB: number;
}

/** Warms a server up, then measures it; CPU is that of its process alone. */
export async function measure(name: string, server: PinnedProcess, load: Load, warmupSeconds: number): Promise<Row> {
  await putLoad({ ...load, seconds: warmupSeconds });
  const before = server.cpuMs();
  const result = await putLoad(load);
  return { name, ...result, cpuMsPerRequest: (server.cpuMs() - before) / result.requests, peakMiB: server.peakMiB() };
}

/** The median row of each server over interleaved repeats, by CPU per request: machines are noisy. */
export function medians(rows: readonly Row[]): Row[] {
  return [...Map.groupBy(rows, (row) => row.name).values()].map((group) => {
    const sorted = group.toSorted((a, b) => a.cpuMsPerRequest - b.cpuMsPerRequest);
    return sorted[Math.floor(sorted.length / 2)] as Row;
  });
}

/** Prints rows side by side, with the ratio of CPU per request to the first row. */
export function printRows(title: string, rows: readonly Row[]): void {
  const base = rows[0]?.cpuMsPerRequest ?? Number.NaN;
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.name,
        {
          'CPU ms/req': row.cpuMsPerRequest.toFixed(4),
          [`ratio to ${rows[0]?.name}`]: (row.cpuMsPerRequest / base).toFixed(2),
          'req/s': Math.round(row.requests / row.seconds),
          'p50 ms': row.p50Ms.toFixed(2),
          'p99 ms': row.p99Ms.toFixed(2),
          'peak MiB': Math.round(row.peakMiB),
          'wrong answers': row.wrong,
        },
      ]),
    ),
  );
}
