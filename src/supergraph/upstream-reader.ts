import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Clock } from './clock.ts';

/** How to get an upstream's SDL and make a subgraph of it, whatever its kind. */
export interface UpstreamReader {
  readonly name: string;
  /** The file that holds the SDL as it stands, for messages. */
  readonly file?: string | undefined;
  /** Rejects when the SDL cannot be read, or when `signal` aborts. */
  readSdl(signal: AbortSignal): Promise<string>;
  /** Throws where no subgraph can be made of the SDL. */
  makeSubgraph(sdl: string): Subgraph;
}

/** One reading of an upstream: its SDL as it was read, and what was made of it; or why there is none. */
export type Reading = { readonly source: string; readonly subgraph: Subgraph } | { readonly reason: string };

/**
 * Reads an upstream, in bounded time even if `readSdl` ignores its signal. Never rejects.
 *
 * @param timeoutMs Milliseconds, > 0.
 * @param signal Aborts the reading, which then has the abortion as its reason.
 */
export async function readUpstream(
  reader: UpstreamReader,
  timeoutMs: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<Reading> {
  try {
    const sdl = await withTimeout((limited) => reader.readSdl(limited), timeoutMs, signal, clock);
    return { source: sdl, subgraph: reader.makeSubgraph(sdl) };
  } catch (error) {
    return { reason: describe(error) };
  }
}

/**
 * Runs something with a signal that aborts when `signal` does or the time is over, and then waits no longer for it.
 *
 * @throws {unknown} What `run` rejects with, or the reason of the abortion.
 */
export async function withTimeout<T>(
  run: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown) => {
    reject(reason);
    controller.abort(reason);
  };
  const onAbort = () => stop(signal.reason);
  const cancelTimer = clock.after(timeoutMs, () => stop(new Error(`No answer within ${timeoutMs} ms`)));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, run(controller.signal)]);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', onAbort);
  }
}

/** An error and its causes in one line: `fetch failed: connect ECONNREFUSED 127.0.0.1:4001`. */
export function describe(error: unknown): string {
  const messages: string[] = [];
  for (let current = error; current != null && messages.length < 4; current = (current as { cause?: unknown }).cause) {
    const message = current instanceof Error ? current.message || current.name : String(current);
    if (!messages.some((told) => told.includes(message))) messages.push(message);
  }
  return messages.join(': ');
}
