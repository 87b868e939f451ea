import { promisify } from 'node:util';
import { brotliDecompress, gunzip, type InputType, inflate, type ZlibOptions, zstdDecompress } from 'node:zlib';

type Decode = (body: InputType, options: ZlibOptions) => Promise<Buffer>;

const gzip: Decode = promisify(gunzip);
/** RFC 9110 §8.4.1. */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', promisify(inflate) as Decode],
  ['br', promisify(brotliDecompress) as Decode],
  ['zstd', promisify(zstdDecompress) as Decode],
]);

/** What clients may use, for `Accept-Encoding` of an answer with 415 (RFC 9110 §12.5.3). */
export const DECODED_CODINGS = 'gzip, deflate, br, zstd';

/** Nobody has reason for more, and each one is work. */
const MAX_CODINGS = 2;

/** Why a body could not be decoded. */
export type DecodeFailure = 'unknown_coding' | 'too_large' | 'malformed';

/**
 * Undoes the content codings of a body, the last one first (RFC 9110 §8.4). What grows beyond `maxBytes` is given up there,
 * not inflated.
 */
export async function decodeBody(body: Buffer, codings: string, maxBytes: number): Promise<Buffer | DecodeFailure> {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_CODINGS) return 'unknown_coding';
  let decoded = body;
  for (const name of names.reverse()) {
    const decode = DECODERS.get(name);
    if (decode === undefined) return 'unknown_coding';
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'malformed';
    }
  }
  return decoded;
}
