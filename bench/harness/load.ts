import { Pool } from 'undici';

/** What load on a server gave. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers that differ from the expected one, or did not come. */
  readonly wrong: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Ends it earlier. Default: no bound. */
  readonly requests?: number;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the n-th request. */
  readonly body?: (n: number) => string;
  readonly isRight: (status: number, body: string) => boolean;
}

/** Closed loop: each connection sends its next request when the answer to the last one is there. Bounded by time. */
export async function putLoad(load: Load): Promise<LoadResult> {
  const { origin, pathname, search } = new URL(load.url);
  const pool = new Pool(origin, { connections: load.connections, pipelining: 1 });
  const latencies: number[] = [];
  let wrong = 0;
  let sent = 0;
  const started = performance.now();
  const end = started + load.seconds * 1_000;
  const loop = async (): Promise<void> => {
    while (performance.now() < end && sent < (load.requests ?? Number.POSITIVE_INFINITY)) {
      const begun = performance.now();
      const body = load.body?.(sent) ?? null;
      sent += 1;
      try {
        const answer = await pool.request({
          path: pathname + search,
          method: load.method,
          headers: load.headers,
          body,
        });
        const text = await answer.body.text();
        if (!load.isRight(answer.statusCode, text)) wrong += 1;
      } catch {
        wrong += 1;
      }
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, loop));
  const seconds = (performance.now() - started) / 1_000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? Number.NaN;
  return { requests: latencies.length, seconds, wrong, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
