import { DECODED_CODINGS, type DecodeFailure, decodeBody } from '../../content-coding/decode-body.ts';
import { WeirError } from '../../errors.ts';
import { parseExactly } from '../../mapping/exact-number.ts';
import { type FieldLines, findField } from '../field-lines.ts';
import { readAnswerBody, readRequestBody } from '../read-body.ts';
import type { RouteAnswer, RouteExchange } from '../route-exchange.ts';
import { isJsonType } from './json-type.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON of a request, decoded; numbers keep their digits. The body stays in the request, as it came and whole.
 * @returns `undefined`: it is empty.
 * @throws {WeirError} `CONTENT_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` for a coding that is not known, `MALFORMED_BODY`,
 *   `CLIENT_CLOSED_REQUEST` where it ends early.
 */
export async function readRequestJson(
  request: Pick<RouteExchange, 'headers' | 'body'>,
  maxBytes: number,
): Promise<unknown> {
  const raw = await readRequestBody(request.body, maxBytes).catch((cause: unknown) => {
    throw cause instanceof WeirError ? cause : new WeirError('CLIENT_CLOSED_REQUEST', undefined, { cause });
  });
  request.body = raw.length === 0 ? null : raw;
  const decoded = await decodeBody(raw, codingsOf(request.headers), maxBytes);
  if (typeof decoded === 'string') throw requestError(decoded);
  const parsed = parse(decoded);
  if (parsed === MALFORMED) throw new WeirError('MALFORMED_BODY', 'The body is not JSON in UTF-8');
  return parsed;
}

/**
 * The JSON of a request that has no other body than JSON; `undefined`: it has none.
 * @throws {WeirError} as {@link readRequestJson}; `UNSUPPORTED_MEDIA_TYPE` for another body.
 */
export async function requireRequestJson(
  request: Pick<RouteExchange, 'headers' | 'body'>,
  maxBytes: number,
): Promise<unknown> {
  if (request.body === null) return undefined;
  if (isJsonType(findField(request.headers, 'content-type'))) return readRequestJson(request, maxBytes);
  throw new WeirError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8, with a content-type that says so');
}

/**
 * The JSON of an answer, decoded; numbers keep their digits. The body stays in the answer, as it came and whole.
 * @returns `undefined`: it is empty.
 * @throws {WeirError} `UPSTREAM_BAD_RESPONSE`.
 */
export async function readAnswerJson(answer: RouteAnswer, maxBytes: number): Promise<unknown> {
  const raw = await readAnswerBody(answer.body, maxBytes).catch((cause: unknown) => {
    throw cause instanceof WeirError ? cause : new WeirError('UPSTREAM_BAD_RESPONSE', undefined, { cause });
  });
  answer.body = raw;
  const decoded = await decodeBody(raw, codingsOf(answer.headers), maxBytes);
  if (typeof decoded === 'string') {
    throw new WeirError('UPSTREAM_BAD_RESPONSE', `The body of the answer cannot be decoded: ${decoded}`);
  }
  const parsed = parse(decoded);
  if (parsed === MALFORMED) throw new WeirError('UPSTREAM_BAD_RESPONSE', 'The body of the answer is not JSON in UTF-8');
  return parsed;
}

function codingsOf(headers: FieldLines): string {
  return findField(headers, 'content-encoding') ?? '';
}

function requestError(failure: DecodeFailure): WeirError {
  if (failure === 'too_large') return new WeirError('CONTENT_TOO_LARGE');
  if (failure === 'malformed') return new WeirError('MALFORMED_BODY', 'The body is not in its content coding');
  return new WeirError('UNSUPPORTED_MEDIA_TYPE', `The content codings that are read are ${DECODED_CODINGS}`, {
    details: { acceptEncoding: DECODED_CODINGS },
  });
}

const MALFORMED = Symbol('malformed');

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return parseExactly(UTF_8.decode(body));
  } catch {
    return MALFORMED;
  }
}
