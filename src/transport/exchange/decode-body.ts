import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Failure } from './failure.ts';

const DECODERS: ReadonlyMap<string, typeof gunzipSync> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync as typeof gunzipSync],
]);

/** Undoes one content coding (RFC 9110 §8.4.1); what would grow beyond `maxBytes` is refused, not inflated. */
export function decodeBody(body: Buffer, coding: string, maxBytes: number): Buffer | Failure {
  const decode = DECODERS.get(coding.toLowerCase());
  if (decode === undefined) return new Failure('protocol', true, new Error(`Content coding "${coding}" is unknown`));
  try {
    return decode(body, { maxOutputLength: Math.min(maxBytes, 2 ** 30) });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return new Failure(tooLarge ? 'too_large' : 'protocol', true, error as Error);
  }
}
