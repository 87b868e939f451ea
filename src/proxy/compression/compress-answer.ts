import { Readable } from 'node:stream';
import type { Coding } from '../../content-coding/coding.ts';
import { type Compressor, forbidsTransform } from '../../content-coding/compressor.ts';
import { asNamed, weakenTag } from '../../content-coding/entity-tags.ts';
import type { AcceptedCoding } from '../../content-coding/negotiate-coding.ts';
import { readShortBody } from '../../content-coding/read-short-body.ts';
import { widenVary } from '../../content-coding/vary.ts';
import { WeirError } from '../../errors.ts';
import { dropFieldsOfBytes } from '../body/replace-body.ts';
import { type FieldLines, findField, removeField, setField } from '../field-lines.ts';
import type { RouteAnswer } from '../route-exchange.ts';

export interface CompressAnswerParts {
  readonly compressor: Compressor;
  /** Whether the client asked for the header alone: that of the answer that it would get. */
  readonly isHead: boolean;
  readonly accepted: AcceptedCoding;
  /** Of the client. */
  readonly ifNoneMatch: string | undefined;
}

/**
 * Encodes the body of an answer where its client likes that and it is worth it, and says that it may be encoded where it may.
 * @throws {WeirError} `UPSTREAM_BAD_RESPONSE`, and what the body fails with before the head of the answer is out.
 */
export async function compressAnswer(answer: RouteAnswer, parts: CompressAnswerParts): Promise<void> {
  const { status, headers } = answer;
  if (status === 304) {
    describeUnchanged(headers, parts);
    return;
  }
  if (!mayHaveCoding(answer, parts.compressor)) return;
  addVary(headers);
  const { coding, refusesIdentity } = parts.accepted;
  // A part is one of the representation that the upstream has cut it out of.
  if (coding === undefined || status === 206 || findField(headers, 'content-range') !== undefined) return;
  const minBytes = refusesIdentity ? 1 : Math.max(parts.compressor.minBytes, 1);
  const length = lengthOf(answer, parts.isHead);
  if (length !== undefined && length < minBytes) return;
  if (parts.isHead) {
    describeEncoded(answer, coding);
    return;
  }
  if (answer.body instanceof Readable && length === undefined) await readShort(answer, answer.body, minBytes);
  const { body } = answer;
  if (body instanceof Readable) {
    describeEncoded(answer, coding);
    answer.body = parts.compressor.encodeStream(body, coding);
  } else if (body !== null && body.length >= minBytes) {
    const encoded = await parts.compressor.encode(body, coding, answer.forms);
    if (encoded.length >= body.length && !refusesIdentity) return;
    putWhole(answer, encoded, coding);
  }
}

/** Whether the answer is of a kind that gets a coding, for some client. */
function mayHaveCoding({ status, headers }: RouteAnswer, { matchesType }: Compressor): boolean {
  if (status < 200 || status === 204 || status === 205) return false;
  let isOfType = false;
  for (let at = 0; at < headers.length; at += 2) {
    const value = headers[at + 1] as string;
    switch (headers[at]) {
      case 'content-type':
        isOfType = matchesType(value);
        break;
      case 'content-encoding':
        if (!/^[ \t]*identity[ \t]*$/i.test(value)) return false;
        break;
      case 'cache-control':
        // RFC 9110 §7.7: a proxy must not.
        if (forbidsTransform(value)) return false;
        break;
      default:
    }
  }
  return isOfType;
}

/** @returns `undefined`: nobody has said. */
function lengthOf({ headers, body }: RouteAnswer, isHead: boolean): number | undefined {
  const length = findField(headers, 'content-length');
  if (length !== undefined) return Number(length);
  return !isHead && !(body instanceof Readable) ? (body?.length ?? 0) : undefined;
}

/** Takes the body for whole where it is short. */
async function readShort(answer: RouteAnswer, body: Readable, minBytes: number): Promise<void> {
  try {
    const whole = await readShortBody(body, minBytes);
    if (whole !== undefined) putWhole(answer, whole, undefined);
  } catch (cause) {
    throw cause instanceof WeirError ? cause : new WeirError('UPSTREAM_BAD_RESPONSE', undefined, { cause });
  }
}

function putWhole(answer: RouteAnswer, body: Buffer, coding: Coding | undefined): void {
  if (coding !== undefined) describeEncoded(answer, coding);
  answer.body = body;
  // Trailers need a body whose length nobody has said (RFC 9112 §7.1.2).
  if (answer.trailers?.() === undefined) answer.headers.push('content-length', String(body.length));
}

/** What is said of the bytes of a body is not so of an encoded one. */
function describeEncoded(answer: RouteAnswer, coding: Coding): void {
  const { headers, trailers } = answer;
  const tag = findField(headers, 'etag');
  dropFieldsOfBytes(headers);
  headers.push('content-encoding', coding);
  if (tag !== undefined) headers.push('etag', weakenTag(tag));
  if (trailers !== undefined) answer.trailers = () => withoutDigests(trailers());
}

const DIGESTS = new Set(['content-digest', 'repr-digest', 'digest', 'content-md5']);

/** RFC 9530 §6.5: digests may come behind the body. */
function withoutDigests(fields: ReturnType<NonNullable<RouteAnswer['trailers']>>): typeof fields {
  if (fields === undefined) return undefined;
  const kept = Object.entries(fields).filter(([name]) => !DIGESTS.has(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A 304 speaks of the answer that the client has stored, which may have had a coding; its own type is seldom said. */
function describeUnchanged(headers: FieldLines, { compressor, ifNoneMatch }: CompressAnswerParts): void {
  const contentType = findField(headers, 'content-type');
  if (contentType !== undefined && !compressor.matchesType(contentType)) return;
  addVary(headers);
  removeField(headers, 'content-length');
  const tag = findField(headers, 'etag');
  if (tag !== undefined && ifNoneMatch !== undefined) setField(headers, 'etag', asNamed(tag, ifNoneMatch));
}

function addVary(headers: FieldLines): void {
  const lines = headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === 'vary');
  const widened = widenVary(lines.length === 0 ? undefined : lines.join(', '), 'accept-encoding');
  if (widened !== undefined) setField(headers, 'vary', widened);
}
