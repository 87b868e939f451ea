import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, WeirError } from '../../../errors.ts';
import { readFieldLines } from '../../../transport/http1/field-lines.ts';

/** How the body of a request is framed (RFC 9112 §6.3): its length, in chunks, or in a way that is to be refused. */
export type Framing = number | 'chunked' | 'unknown';

/** The start line and the fields of a request. */
export interface Http1RequestHead {
  readonly method: string;
  /** As it was sent. */
  readonly target: string;
  /** Of HTTP/1. */
  readonly minor: 0 | 1;
  /** Name, value, name, value, as they were sent. */
  readonly fields: string[];
  /** In the form of node:http: names in lower case, lines of one name joined. */
  readonly headers: IncomingHttpHeaders;
  readonly framing: Framing;
  /** Whether the client keeps the connection for another request (RFC 9112 §9.3). */
  readonly keepsAlive: boolean;
  /** Whether it asks for another protocol (RFC 9110 §7.8). */
  readonly isUpgrade: boolean;
}

/** The names of the fields of a head: a client sends the same ones in the same order over and over. */
export interface KnownNames {
  readonly written: readonly string[];
  readonly lower: readonly string[];
}

export const NO_KNOWN_NAMES: KnownNames = { written: [], lower: [] };

const METHOD = /^[A-Z][A-Z0-9-]*$/;
const VERSION = /^ HTTP\/\d\.\d$/;
/** ` HTTP/1.1` */
const VERSION_LENGTH = 9;

/**
 * Reads the head in `text`, which ends at `end`, behind the line feed of its last line.
 * @returns The head, and its names for the next one.
 * @throws {WeirError} `MALFORMED_REQUEST`, `HTTP_VERSION_NOT_SUPPORTED`, `NOT_IMPLEMENTED` (CONNECT).
 * @throws {MalformedMessage} A field line is none.
 */
export function readRequestHead(
  text: string,
  start: number,
  end: number,
  known: KnownNames,
): { readonly head: Http1RequestHead; readonly names: KnownNames } {
  const lineEnd = text.indexOf('\r\n', start);
  const minor = readVersion(text, start, lineEnd);
  const space = text.indexOf(' ', start);
  const method = text.slice(start, space);
  if (!METHOD.test(method)) throw malformed('The method is not of HTTP');
  if (method === 'CONNECT') refuse('NOT_IMPLEMENTED', 'The method "CONNECT" is for proxies that clients choose');
  const targetEnd = lineEnd - VERSION_LENGTH;
  if (space >= targetEnd) throw malformed('The first line has no target');
  const target = text.slice(space + 1, targetEnd);
  const fields: string[] = [];
  readFieldLines(text, lineEnd + 2, end, fields, known.written);
  const names = lowerNames(fields, known);
  const headers = joinFields(fields, names.lower);
  const options = headers.connection;
  const keepsAlive = minor === 1 ? !hasOption(options, 'close') : hasOption(options, 'keep-alive');
  return {
    head: {
      method,
      target,
      minor,
      fields,
      headers,
      framing: readFraming(headers, minor),
      keepsAlive,
      isUpgrade: headers.upgrade !== undefined && minor === 1 && hasOption(options, 'upgrade'),
    },
    names,
  };
}

function readVersion(text: string, start: number, lineEnd: number): 0 | 1 {
  const at = lineEnd - VERSION_LENGTH;
  if (at > start && text.startsWith(' HTTP/1.', at)) {
    const minor = text.charCodeAt(lineEnd - 1) - ZERO;
    if (minor === 1 || minor === 0) return minor;
  }
  if (at > start && VERSION.test(text.slice(at, lineEnd))) {
    refuse('HTTP_VERSION_NOT_SUPPORTED', 'HTTP/1.1 and HTTP/1.0 are spoken here');
  }
  throw malformed('The first line is not of HTTP');
}

const ZERO = 0x30;

function malformed(message: string): WeirError {
  return new WeirError('MALFORMED_REQUEST', message);
}

function refuse(code: ErrorCode, message: string): never {
  throw new WeirError(code, message);
}

function lowerNames(fields: readonly string[], known: KnownNames): KnownNames {
  const { written, lower } = known;
  let at = 0;
  while (at < fields.length && fields[at] === written[at]) at += 2;
  if (at >= fields.length && written.length === fields.length) return known;
  const names = new Array<string>(fields.length);
  for (let i = 0; i < fields.length; i += 2) {
    names[i] = i < at ? (lower[i] as string) : (fields[i] as string).toLowerCase();
  }
  return { written: fields, lower: names };
}

/** Without a prototype: a field may be named `__proto__`. A class, so that all of them have one shape. */
class Headers {}
Object.setPrototypeOf(Headers.prototype, null);
delete (Headers.prototype as { constructor?: unknown }).constructor;

/**
 * As node:http joins them: the first line of a field of one value counts, `cookie` is joined by `; `, others by `, `. So is
 * `content-length`, which makes of two lengths none.
 */
function joinFields(fields: readonly string[], names: readonly string[]): IncomingHttpHeaders {
  const headers = new Headers() as Record<string, string | string[] | undefined>;
  for (let at = 0; at < fields.length; at += 2) {
    const name = names[at] as string;
    const value = fields[at + 1] as string;
    const before = headers[name];
    if (before === undefined) headers[name] = name === 'set-cookie' ? [value] : value;
    else if (typeof before === 'object') before.push(value);
    else if (name === 'cookie') headers[name] = `${before}; ${value}`;
    else if (!OF_ONE_VALUE.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}

const OF_ONE_VALUE = new Set([
  ...['age', 'authorization', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since'],
  ...[
    'if-unmodified-since',
    'last-modified',
    'location',
    'max-forwards',
    'proxy-authorization',
    'referer',
    'retry-after',
  ],
  ...['server', 'user-agent'],
]);

/** Of what can be read in two ways nothing is read: {@link findBreach} refuses it. */
function readFraming(headers: IncomingHttpHeaders, minor: 0 | 1): Framing {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    return length === undefined && minor === 1 && coding.toLowerCase() === 'chunked' ? 'chunked' : 'unknown';
  }
  if (length === undefined) return 0;
  return /^\d{1,15}$/.test(length) ? Number(length) : 'unknown';
}

/** Whether `Connection` has an option (RFC 9110 §7.6.1). @param option In lower case. */
function hasOption(value: string | undefined, option: string): boolean {
  if (value === undefined) return false;
  const lower = value.toLowerCase();
  if (lower === option) return true;
  return lower.includes(option) && lower.split(',').some((each) => each.trim() === option);
}
