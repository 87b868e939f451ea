import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { WeirError } from '../errors.ts';

/** Silence after which a body is taken for one that comes slowly, milliseconds. */
const PAUSE_MS = 10;
/** The same for one that never pauses, since its first byte, milliseconds. */
const LONGEST_MS = 50;

/**
 * Reads a body until it has `minBytes`, ends or pauses, whatever comes first: short bodies are known then, and slow ones are not held back.
 * @returns all of it where it is shorter; `undefined`: the source waits with all of it.
 * @throws what the source fails with.
 */
export function readShortBody(source: Readable, minBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let firstMs = 0;
    const pause = setTimeout(() => putBack(), PAUSE_MS).unref();
    const stop = () => {
      clearTimeout(pause);
      source.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const putBack = () => {
      stop();
      source.pause();
      if (chunks.length > 0) source.unshift(Buffer.concat(chunks, bytes));
      resolve(undefined);
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      const nowMs = performance.now();
      if (firstMs === 0) firstMs = nowMs;
      if (bytes >= minBytes || nowMs - firstMs >= LONGEST_MS) putBack();
      else pause.refresh();
    };
    const onEnd = () => {
      stop();
      resolve(Buffer.concat(chunks, bytes));
    };
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    const onClose = () => onError(source.errored ?? new WeirError('UPSTREAM_BAD_RESPONSE', 'The body ended early'));
    if (source.destroyed) {
      onClose();
      return;
    }
    source.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
