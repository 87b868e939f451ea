import {
  brotliDecompress,
  constants,
  gunzip,
  inflate,
  inflateRaw,
  type ZlibOptions,
  type ZstdOptions,
  zstdDecompress,
} from 'node:zlib';

/** What Node gives where it is asked for `info`: its documentation names the member, its types do not. */
interface DecodedWithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

type Decoder = (
  body: Buffer,
  options: ZlibOptions & ZstdOptions,
  callback: (error: Error | null, result: Buffer) => void,
) => void;

/** RFC 9659: encoders must not ask for more than 8 MiB of memory, and decoders need not give it. */
const zstd: Decoder = (body, options, callback) =>
  zstdDecompress(body, { ...options, params: { [constants.ZSTD_d_windowLogMax]: 23 } }, callback);

/** RFC 9110 §8.4.1.2: some send the deflate format without its zlib wrapper, which begins with a checked pair of bytes (RFC 1950 §2.2). */
const deflate: Decoder = (body, options, callback) => {
  const isWrapped = body.length >= 2 && ((body[0] as number) & 15) === 8 && body.readUInt16BE(0) % 31 === 0;
  (isWrapped ? inflate : inflateRaw)(body, options, callback);
};

/** RFC 9110 §8.4.1. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', deflate],
  ['br', brotliDecompress as Decoder],
  ['zstd', zstd],
]);

/** What clients may use, for `Accept-Encoding` of an answer with 415 (RFC 9110 §12.5.3). */
export const DECODED_CODINGS = 'gzip, deflate, br, zstd';

/** Nobody has reason for more, and each one is work. */
const MAX_CODINGS = 2;

/** Why a body could not be decoded. */
export type DecodeFailure = 'unknown_coding' | 'too_large' | 'malformed';

/**
 * Undoes the content codings of a body, the last one first (RFC 9110 §8.4). What grows beyond `maxBytes` is given up there,
 * not inflated. Nothing may stand behind the end of an encoded body: another reader might take it for a part.
 * @param codings `Content-Encoding`; an empty body has none.
 */
export async function decodeBody(body: Buffer, codings: string, maxBytes: number): Promise<Buffer | DecodeFailure> {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_CODINGS || !names.every((name) => DECODERS.has(name))) return 'unknown_coding';
  if (body.length === 0) return body;
  let decoded = body;
  for (const name of names.reverse()) {
    const next = await decode(DECODERS.get(name) as Decoder, decoded, maxBytes);
    if (typeof next === 'string') return next;
    decoded = next;
  }
  return decoded;
}

function decode(decoder: Decoder, body: Buffer, maxBytes: number): Promise<Buffer | DecodeFailure> {
  return new Promise((resolve) => {
    decoder(body, { maxOutputLength: maxBytes, info: true }, (error, result) => {
      if (error !== null) {
        resolve((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'malformed');
        return;
      }
      const { buffer, engine } = result as unknown as DecodedWithInfo;
      resolve(engine.bytesWritten === body.length ? buffer : 'malformed');
    });
  });
}
