import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { isHttp2 } from '../edge/is-http2.ts';
import { WeirError } from '../errors.ts';
import { isEventStream } from '../transport/exchange/is-event-stream.ts';
import { type FieldLines, findField } from './field-lines.ts';
import type { RouteAnswer, RouteExchange } from './route-exchange.ts';

/**
 * Writes an answer to the client at the client's pace.
 * @param own Field lines of the gateway itself.
 * @returns What resolves when all of it is handed to the connection, and rejects with what ended the body before its end; the head
 *   is out then. `undefined`: that is so already.
 * @throws {WeirError} `UPSTREAM_BAD_RESPONSE` where the head is none.
 */
export function writeAnswer(exchange: RouteExchange, answer: RouteAnswer, own: FieldLines): Promise<void> | undefined {
  const { outgoing: response, incoming, scope } = exchange;
  const { status, headers, body } = answer;
  if (response.destroyed) {
    if (body instanceof Readable) body.on('error', () => {}).destroy();
    return undefined;
  }
  // The client may send its body or not, now that it was not invited: only the end of the connection tells.
  if (scope.headers.expect !== undefined && !incoming.complete && !isHttp2(incoming)) {
    own.push('connection', 'close');
  }
  // Events come for as long as both sides wish: only silence, the client, or the end of its credential ends them.
  if (isEventStream(findField(headers, 'content-type'))) scope.endWithCredential();
  try {
    writeHead(response, status, mergeOwn(own, headers));
  } catch (cause) {
    if (body instanceof Readable) body.on('error', () => {}).destroy();
    throw new WeirError('UPSTREAM_BAD_RESPONSE', 'The head of the answer cannot be written', { cause });
  }
  if (!(body instanceof Readable)) {
    endWhole(response, body, readTrailers(answer));
    return undefined;
  }
  return writeStream(response, answer, body);
}

async function writeStream(response: ServerResponse, answer: RouteAnswer, body: Readable): Promise<void> {
  // What is here already goes out with the head; where nothing is, the client need not wait for it.
  if (body.readableLength === 0) response.flushHeaders();
  await pump(body, response);
  const fields = readTrailers(answer);
  if (fields !== undefined) response.addTrailers(fields);
  response.end();
}

/** Bodies up to so many bytes are handed on as text: head and body are then one write. */
const MOST_BYTES_AS_TEXT = 16 * 1024;

function endWhole(response: ServerResponse, body: Buffer | null, trailers: ReturnType<typeof readTrailers>): void {
  if (trailers !== undefined) response.addTrailers(trailers);
  if (body === null || body.length === 0) response.end();
  else if (body.length <= MOST_BYTES_AS_TEXT) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

function readTrailers({ headers, trailers }: RouteAnswer): Readonly<Record<string, string[]>> | undefined {
  const fields = trailers?.();
  // A message with a known length ends with its last byte (RFC 9112 §6.5).
  return fields === undefined || findField(headers, 'content-length') !== undefined ? undefined : fields;
}

/** The gateway's word on CORS and limits counts; its security headers stand back where the upstream has its own. */
function mergeOwn(own: FieldLines, headers: FieldLines): FieldLines {
  const merged: FieldLines = [];
  for (let at = 0; at < own.length; at += 2) {
    const name = own[at] as string;
    if (YIELDING.has(name) && findField(headers, name) !== undefined) continue;
    merged.push(name, own[at + 1] as string);
  }
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (findField(own, name) !== undefined && name !== 'vary' && !YIELDING.has(name)) continue;
    merged.push(name, headers[at + 1] as string);
  }
  return merged;
}

const YIELDING = new Set([
  ...['cross-origin-embedder-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'],
  ...['content-security-policy', 'permissions-policy', 'referrer-policy', 'strict-transport-security'],
  ...['x-content-type-options', 'x-frame-options'],
]);

/** Writes status and field lines in the form that the version of HTTP has for them. */
export function writeHead(response: ServerResponse, status: number, lines: FieldLines): void {
  if (!isHttp2(response.req)) {
    response.writeHead(status, lines);
    return;
  }
  // The flat form of HTTP/2 keeps only the last line with a name.
  const fields: Record<string, string[]> = Object.create(null);
  for (let at = 0; at < lines.length; at += 2) {
    const values = fields[lines[at] as string];
    if (values === undefined) fields[lines[at] as string] = [lines[at + 1] as string];
    else values.push(lines[at + 1] as string);
  }
  response.writeHead(status, fields);
}

/** Copies at the pace of the slower side. @throws what ended either of them early. */
function pump(body: Readable, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      if (!response.write(chunk)) body.pause();
    };
    const onDrain = () => body.resume();
    const settle = (error?: Error) => {
      body.off('data', onData);
      response.off('drain', onDrain).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onClose = () => {
      body.destroy();
      settle();
    };
    body.on('data', onData).on('end', settle).on('error', settle);
    response.on('drain', onDrain).on('close', onClose);
  });
}

/** Ends an answer that is under way in a way that no client takes for whole. */
export function cutAnswer(response: ServerResponse): void {
  if (!isHttp2(response.req)) response.destroy();
  else (response as unknown as Http2ServerResponse).stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}
