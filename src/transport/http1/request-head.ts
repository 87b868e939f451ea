import { Readable } from 'node:stream';
import { NOT_IN_VALUE, TOKEN } from '../../http1/field-characters.ts';
import { FieldLineWriter } from '../../http1/field-line-writer.ts';
import { remember } from '../../remember.ts';
import type { OutgoingRequest } from '../endpoint/connections.ts';
import { InvalidRequest } from './invalid-request.ts';

export interface RequestHead {
  /** With the empty line at the end; each character is one byte (Latin-1). */
  readonly text: string;
  /** Bytes of the body; -1: it is sent in chunks, since nobody knows. */
  readonly contentLength: number;
}

/** Methods whose requests have content, so that its absence must be told (RFC 9110 §8.6). */
const WITH_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Origin form, or asterisk form (RFC 9112 §3.2); bytes beyond ASCII are sent as they came. */
const TARGET = /^(?:\/[\x21-\x7e\x80-\xff]*|\*)$/;

/** What a field is to the connection; `plain`: nothing. */
type FieldKind = 'plain' | 'host' | 'content-length' | 'te' | 'own';

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['host', 'host'],
  ['content-length', 'content-length'],
  ['te', 'te'],
  // Fields of the connection (RFC 9110 §7.6.1), which it alone writes.
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'expect'].map(
    (name): [string, FieldKind] => [name, 'own'],
  ),
]);

interface Field {
  readonly kind: FieldKind;
  readonly writer: FieldLineWriter;
}

/** @throws {InvalidRequest} If the name is not a token. */
const fieldOf = remember((name): Field => {
  if (!TOKEN.test(name)) throw new InvalidRequest('A field name is not a token');
  return { kind: KINDS.get(name.toLowerCase()) ?? 'plain', writer: new FieldLineWriter(name) };
});

/**
 * Writes request line and field lines (RFC 9112 §3, §5).
 * @param host Where the request has no `Host` of its own.
 * @throws {InvalidRequest} Where a character could end a line early, or the fields contradict the body or the connection.
 */
export function writeRequestHead(request: OutgoingRequest, host: string): RequestHead {
  const { method, target, headers, body, upgrade } = request;
  if (!TOKEN.test(method)) throw new InvalidRequest('The method is not a token');
  // The answer to CONNECT would be a tunnel.
  if (method === 'CONNECT') throw new InvalidRequest('CONNECT cannot be sent');
  if (!TARGET.test(target)) throw new InvalidRequest('The request target has a character that cannot be sent');
  let lines = '';
  let ownHost = '';
  let declared = -1;
  let asksForTrailers = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    const { kind, writer } = fieldOf(name);
    const line = writer.write(value);
    if (line === undefined) throw unfit(name);
    if (kind !== 'plain') {
      if (kind === 'own') throw new InvalidRequest(`${name} is a field of the connection`);
      if (kind === 'host') {
        if (ownHost !== '') throw new InvalidRequest('Host stands twice');
        ownHost = value;
        continue;
      }
      if (kind === 'content-length') {
        if (declared !== -1 || !/^\d{1,15}$/.test(value)) throw new InvalidRequest('Content-Length is not one number');
        declared = Number(value);
        continue;
      }
      asksForTrailers = true;
    }
    lines += line;
  }
  const contentLength = lengthOf(body, declared);
  if (contentLength === -1) lines += '\r\ntransfer-encoding: chunked';
  else if (contentLength > 0 || body !== null || WITH_CONTENT.has(method))
    lines += `\r\ncontent-length: ${contentLength}`;
  if (request.expectsContinue === true) lines += '\r\nexpect: 100-continue';
  if (upgrade !== undefined) {
    if (NOT_IN_VALUE.test(upgrade)) throw unfit('upgrade');
    lines += `\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`;
  } else {
    // RFC 9110 §10.1.4: TE is for the next hop only.
    lines += asksForTrailers ? KEEP_ALIVE_TE : KEEP_ALIVE;
  }
  return {
    text: `${method} ${target} HTTP/1.1\r\nhost: ${ownHost === '' ? host : ownHost}${lines}`,
    contentLength,
  };
}

const KEEP_ALIVE = '\r\nconnection: keep-alive\r\n\r\n';
const KEEP_ALIVE_TE = '\r\nconnection: keep-alive, te\r\n\r\n';

function lengthOf(body: OutgoingRequest['body'], declared: number): number {
  if (body instanceof Readable) return declared;
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (declared !== -1 && declared !== length) throw new InvalidRequest('Content-Length is not that of the body');
  return length;
}

function unfit(name: string): InvalidRequest {
  return new InvalidRequest(`The value of ${name} has a character that cannot be sent`);
}
