import { crc32 } from 'node:zlib';
import type { Kept } from './answer-store.ts';
import type { KeptAnswer } from './kept-answer.ts';

/** Another one: another form. What has another one was not written for this reader. */
const VERSION = 1;
/** Version, checksum of all that follows, length of the head. */
const PREFIX_BYTES = 9;

/** version (1 byte), CRC-32 (4), length of the head (4), head (JSON), body. */
export function encodeEntry(kept: Kept): Buffer {
  const { head, body } = split(kept);
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + json.length + body.length);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32BE(json.length, 5);
  json.copy(bytes, PREFIX_BYTES);
  body.copy(bytes, PREFIX_BYTES + json.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(5)), 1);
  return bytes;
}

/** @returns `undefined`: the bytes are no entry, or not a whole one. */
export function decodeEntry(bytes: Buffer): Kept | undefined {
  if (bytes.length < PREFIX_BYTES || bytes.readUInt8(0) !== VERSION) return undefined;
  if (crc32(bytes.subarray(5)) !== bytes.readUInt32BE(1)) return undefined;
  const bodyAt = PREFIX_BYTES + bytes.readUInt32BE(5);
  if (bodyAt > bytes.length) return undefined;
  try {
    return join(JSON.parse(bytes.toString('utf8', PREFIX_BYTES, bodyAt)) as unknown, bytes.subarray(bodyAt));
  } catch {
    return undefined;
  }
}

const EMPTY = Buffer.alloc(0);

function split(kept: Kept): { readonly head: object; readonly body: Buffer } {
  if (kept.kind === 'variants') return { head: kept.variants, body: EMPTY };
  const { body, ...head } = kept.answer;
  return { head, body };
}

const NUMBERS = ['status', 'bornMs', 'freshMs', 'staleWhileRevalidateMs', 'staleIfErrorMs'] as const;

function join(head: unknown, body: Buffer): Kept | undefined {
  if (typeof head !== 'object' || head === null) return undefined;
  const given = head as Readonly<Record<string, unknown>>;
  if (isTexts(given.names) && typeof given.mark === 'string') {
    return { kind: 'variants', variants: { names: given.names, mark: given.mark } };
  }
  if (!isTexts(given.headers) || given.headers.length % 2 !== 0) return undefined;
  if (!NUMBERS.every((name) => Number.isFinite(given[name]))) return undefined;
  if (typeof given.mayBeStale !== 'boolean') return undefined;
  return { kind: 'answer', answer: { ...(given as unknown as Omit<KeptAnswer, 'body'>), body } };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
