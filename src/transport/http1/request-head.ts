import { Readable } from 'node:stream';
import type { OutgoingRequest } from '../endpoint/connections.ts';
import { FIELD_VALUE, TOKEN } from './field-lines.ts';
import { InvalidRequest } from './invalid-request.ts';

export interface RequestHead {
  /** With the empty line at the end; each character is one byte (Latin-1). */
  readonly text: string;
  /** Bytes of the body; -1: it is sent in chunks, since nobody knows. */
  readonly contentLength: number;
}

/** Methods whose requests have content, so that its absence must be told (RFC 9110 §8.6). */
const WITH_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Fields of the connection (RFC 9110 §7.6.1), by their length: the connection alone writes them. */
const OF_CONNECTION: readonly (readonly string[] | undefined)[] = (() => {
  const byLength: string[][] = [];
  const names = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'expect'];
  for (const name of names) byLength[name.length] = [...(byLength[name.length] ?? []), name];
  return byLength;
})();

/**
 * Writes request line and field lines (RFC 9112 §3, §5).
 * @param host Where the request has no `Host` of its own.
 * @throws {InvalidRequest} Where a character could end a line early, or the fields contradict the body or the connection.
 */
export function writeRequestHead(request: OutgoingRequest, host: string): RequestHead {
  const { method, target, headers, body, upgrade } = request;
  if (!isToken(method)) throw new InvalidRequest('The method is not a token');
  // The answer to CONNECT would be a tunnel.
  if (method === 'CONNECT') throw new InvalidRequest('CONNECT cannot be sent');
  checkTarget(target);
  let lines = '';
  let ownHost = '';
  let declared = -1;
  let asksForTrailers = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (!isToken(name)) throw new InvalidRequest('A field name is not a token');
    checkValue(name, value);
    switch (name.length) {
      case 2:
        if (name.toLowerCase() === 'te') asksForTrailers = true;
        break;
      case 4:
        if (name.toLowerCase() !== 'host') break;
        if (ownHost !== '') throw new InvalidRequest('Host stands twice');
        ownHost = value;
        continue;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (declared !== -1 || !/^\d{1,15}$/.test(value)) throw new InvalidRequest('Content-Length is not one number');
        declared = Number(value);
        continue;
      default:
        if (OF_CONNECTION[name.length]?.includes(name.toLowerCase()) === true) {
          throw new InvalidRequest(`${name} is a field of the connection`);
        }
    }
    lines += `${name}: ${value}\r\n`;
  }
  const contentLength = lengthOf(body, declared);
  if (contentLength === -1) lines += 'transfer-encoding: chunked\r\n';
  else if (contentLength > 0 || body !== null || WITH_CONTENT.has(method))
    lines += `content-length: ${contentLength}\r\n`;
  if (upgrade !== undefined) {
    checkValue('upgrade', upgrade);
    lines += `connection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`;
  } else {
    // RFC 9110 §10.1.4: TE is for the next hop only.
    lines += asksForTrailers ? 'connection: keep-alive, te\r\n\r\n' : 'connection: keep-alive\r\n\r\n';
  }
  return {
    text: `${method} ${target} HTTP/1.1\r\nhost: ${ownHost === '' ? host : ownHost}\r\n${lines}`,
    contentLength,
  };
}

function lengthOf(body: OutgoingRequest['body'], declared: number): number {
  if (body instanceof Readable) return declared;
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (declared !== -1 && declared !== length) throw new InvalidRequest('Content-Length is not that of the body');
  return length;
}

function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

function checkValue(name: string, value: string): void {
  for (let i = 0; i < value.length; i++) {
    if (FIELD_VALUE[value.charCodeAt(i)] !== 1) {
      throw new InvalidRequest(`The value of ${name} has a character that cannot be sent`);
    }
  }
}

function checkTarget(target: string): void {
  for (let i = 0; i < target.length; i++) {
    const char = target.charCodeAt(i);
    if (char <= 0x20 || char === 0x7f || char > 0xff) {
      throw new InvalidRequest('The request target has a character that cannot be sent');
    }
  }
  if (target.charCodeAt(0) !== 0x2f && target !== '*') throw new InvalidRequest('The request target is not a path');
}
