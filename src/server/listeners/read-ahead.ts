import type { Socket } from 'node:net';

/** What is known of the beginning of a connection; `undefined`: it takes more bytes. */
export type Judge<T> = (bytes: Buffer) => Judged<T> | undefined;

export interface Judged<T> {
  readonly value: T;
  /** Bytes that were read for good; the rest goes to whoever reads next. */
  readonly consumed: number;
}

/**
 * Reads the beginning of a connection. The socket is paused afterwards.
 * @returns `undefined` where the connection ends, or `timeoutMs` pass, before enough is known.
 */
export function readAhead<T>(socket: Socket, judge: Judge<T>, timeoutMs: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const stop = (value: T | undefined): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      resolve(value);
    };
    const onEnd = (): void => stop(undefined);
    const onData = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const judged = judge(bytes);
      if (judged === undefined) return;
      stop(judged.value);
      if (judged.consumed < bytes.length) socket.unshift(bytes.subarray(judged.consumed));
    };
    const timer = setTimeout(onEnd, timeoutMs);
    timer.unref();
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
  });
}
