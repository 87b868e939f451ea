import type { LoadResult } from '../harness/load.ts';

/** One run of one proxy. */
export interface Sample extends LoadResult {
  readonly name: string;
  /** User and system time of the proxy for each request, microseconds. */
  readonly cpuUs: number;
}

/** What a proxy added to the latency of the origin in one run. */
export interface AddedSample extends Sample {
  readonly overallP99Ms: number;
  /** How often the machine took the core away from the load. */
  readonly stalls: number;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const of = <S extends Sample>(samples: readonly S[], read: (sample: S) => number): number => median(samples.map(read));

/** The ratio of one to another, each pair from the same round, since the machine is not equally fast in all of them. */
function pairedRatio(samples: readonly Sample[], others: readonly Sample[] | undefined): string {
  if (others === undefined) return '';
  return median(samples.map(({ cpuUs }, round) => cpuUs / (others[round] as Sample).cpuUs)).toFixed(2);
}

/**
 * Prints what each bears.
 * @param warming What a request cost while the proxy warmed up, microseconds.
 * @returns Requests per second of each.
 */
export function printFull(samples: readonly Sample[], warming: ReadonlyMap<string, number>): Map<string, number> {
  const groups = Map.groupBy(samples, ({ name }) => name);
  const rates = new Map<string, number>();
  const rows: Record<string, Record<string, string | number>> = {};
  for (const [name, group] of groups) {
    const rate = of(group, ({ requests, seconds }) => requests / seconds);
    rates.set(name, rate);
    const isProxy = of(group, ({ cpuUs }) => cpuUs) > 0;
    rows[name] = {
      'CPU us/req': isProxy ? of(group, ({ cpuUs }) => cpuUs).toFixed(1) : '',
      'while warming up': warming.get(name)?.toFixed(1) ?? '',
      'to NGINX': isProxy ? pairedRatio(group, groups.get('NGINX')) : '',
      'to @fastify/http-proxy': isProxy ? pairedRatio(group, groups.get('@fastify/http-proxy')) : '',
      'req/s': Math.round(rate),
      'p50 ms': of(group, ({ p50Ms }) => p50Ms).toFixed(2),
      'p99 ms': of(group, ({ p99Ms }) => p99Ms).toFixed(2),
      wrong: group.reduce((sum, { wrong }) => sum + wrong, 0),
    };
  }
  console.log('\nAs much as each bears');
  console.table(rows);
  return rates;
}

/** Prints what each adds to the latency of the origin at half of what it bears. */
export function printAdded(samples: readonly AddedSample[]): void {
  const rows: Record<string, Record<string, string | number>> = {};
  for (const [name, group] of Map.groupBy(samples, (sample) => sample.name)) {
    rows[name] = {
      'req/s': Math.round(of(group, ({ requests, seconds }) => requests / seconds)),
      'added p50 ms': of(group, ({ p50Ms }) => p50Ms).toFixed(3),
      'added p99 ms': of(group, ({ p99Ms }) => p99Ms).toFixed(3),
      'of each round': group.map(({ p99Ms }) => p99Ms.toFixed(2)).join(' '),
      'added p99 ms, whole run': of(group, ({ overallP99Ms }) => overallP99Ms).toFixed(3),
      'CPU us/req': of(group, ({ cpuUs }) => cpuUs).toFixed(1),
      'stalls of the machine': group.reduce((sum, { stalls }) => sum + stalls, 0),
      wrong: group.reduce((sum, { wrong }) => sum + wrong, 0),
    };
  }
  console.log('\nAdded to the latency of the origin, at half of that rate');
  console.table(rows);
}
