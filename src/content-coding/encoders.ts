import type { Transform } from 'node:stream';
import {
  type BrotliOptions,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  type Zlib,
  type ZlibOptions,
  type ZstdOptions,
} from 'node:zlib';
import type { Coding } from './coding.ts';

export type Encoder = Transform & Zlib;

/** log2 of what an encoder of a stream looks back over, and keeps in memory: bodies that come in pieces may be many. */
const STREAM_WINDOW = 19;

/** @param bytes of the body, where they are known: the encoder takes no more memory than that needs. */
export function brotliOptions(quality: number, bytes?: number): BrotliOptions {
  const params: NonNullable<BrotliOptions['params']> = { [constants.BROTLI_PARAM_QUALITY]: quality };
  if (bytes === undefined) params[constants.BROTLI_PARAM_LGWIN] = STREAM_WINDOW;
  else params[constants.BROTLI_PARAM_SIZE_HINT] = bytes;
  return { params };
}

/** The levels that the config admits have windows within the 8 MiB that RFC 9659 sets. */
export function zstdOptions(level: number, bytes?: number): ZstdOptions {
  const params: NonNullable<ZstdOptions['params']> = { [constants.ZSTD_c_compressionLevel]: level };
  if (bytes !== undefined) return { params, pledgedSrcSize: bytes };
  params[constants.ZSTD_c_windowLog] = STREAM_WINDOW;
  return { params };
}

export function gzipOptions(level: number): ZlibOptions {
  return { level };
}

export function createEncoder(coding: Coding, level: number): Encoder {
  switch (coding) {
    case 'zstd':
      return createZstdCompress(zstdOptions(level)) as unknown as Encoder;
    case 'br':
      return createBrotliCompress(brotliOptions(level));
    case 'gzip':
      return createGzip(gzipOptions(level));
  }
}

/** Sends on what an encoder was given so far, without forgetting what it has seen. */
export function flushEncoder(encoder: Encoder, coding: Coding): void {
  if (coding === 'gzip') encoder.flush(constants.Z_SYNC_FLUSH);
  else encoder.flush();
}
