import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, gzip, gzipSync, zstdCompress, zstdCompressSync } from 'node:zlib';
import type { Coding } from './coding.ts';
import { brotliOptions, gzipOptions, zstdOptions } from './encoders.ts';

interface WholeEncoder {
  /** Highest level that is fast enough to be used while other requests wait. */
  readonly swiftLevel: number;
  /**
   * Most bytes that are encoded at once. Another thread costs the processor about as much as 2 KiB of work and more; in return others need not wait.
   * The figures are what is done in about half a millisecond.
   */
  readonly swiftBytes: number;
  readonly now: (body: Buffer, level: number) => Buffer;
  readonly elsewhere: (body: Buffer, level: number) => Promise<Buffer>;
}

const zstdElsewhere = promisify(zstdCompress);
const brotliElsewhere = promisify(brotliCompress);
const gzipElsewhere = promisify(gzip);

const ENCODERS: Readonly<Record<Coding, WholeEncoder>> = {
  zstd: {
    swiftLevel: 4,
    swiftBytes: 128 * 1024,
    now: (body, level) => zstdCompressSync(body, zstdOptions(level, body.length)),
    elsewhere: (body, level) => zstdElsewhere(body, zstdOptions(level, body.length)),
  },
  br: {
    swiftLevel: 5,
    swiftBytes: 32 * 1024,
    now: (body, level) => brotliCompressSync(body, brotliOptions(level, body.length)),
    elsewhere: (body, level) => brotliElsewhere(body, brotliOptions(level, body.length)),
  },
  gzip: {
    swiftLevel: 6,
    swiftBytes: 32 * 1024,
    now: (body, level) => gzipSync(body, gzipOptions(level)),
    elsewhere: (body, level) => gzipElsewhere(body, gzipOptions(level)),
  },
};

/** Encodes a body that is here as a whole: at once where that is quick, on another thread where it is not. */
export function encodeBody(body: Buffer, coding: Coding, level: number): Buffer | Promise<Buffer> {
  const { swiftLevel, swiftBytes, now, elsewhere } = ENCODERS[coding];
  return level <= swiftLevel && body.length <= swiftBytes ? now(body, level) : elsewhere(body, level);
}
