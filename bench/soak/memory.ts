import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes after everything that can be collected is. */
export interface MemorySample {
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
}

export async function sampleMemory(): Promise<MemorySample> {
  // What finalisers let go of is collected by the next turn.
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}

/** How much values rise from the first to the last, along the line of least squares, and by how much that may be wrong. */
export interface Rise {
  readonly by: number;
  /** Standard error: what the values scatter around the line. */
  readonly error: number;
}

/** @param values At least three. */
export function riseOf(values: readonly number[]): Rise {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const covariance = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const slope = covariance / variance;
  const scatter = values.reduce((sum, value, at) => sum + (value - mean - slope * (at - middle)) ** 2, 0);
  const error = Math.sqrt(scatter / (values.length - 2) / variance);
  return { by: slope * (values.length - 1), error: error * (values.length - 1) };
}
