import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, WeirError } from '../../../errors.ts';
import { remember } from '../../../remember.ts';

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

const METHOD = /^[A-Z][A-Z0-9-]*$/;
const VERSION = /^ HTTP\/\d\.\d$/;
/** ` HTTP/1.1` */
const VERSION_LENGTH = 9;

interface StartLine {
  readonly method: string;
  readonly target: string;
  readonly minor: 0 | 1;
}

/**
 * Reads a request line (RFC 9112 §3).
 * @param line Without its end.
 * @throws {WeirError} `MALFORMED_REQUEST`, `HTTP_VERSION_NOT_SUPPORTED`, `NOT_IMPLEMENTED` (CONNECT).
 */
export function readStartLine(line: string): StartLine {
  const minor = readVersion(line);
  const space = line.indexOf(' ');
  const method = line.slice(0, space);
  if (!METHOD.test(method)) throw malformed('The method is not of HTTP');
  if (method === 'CONNECT') refuse('NOT_IMPLEMENTED', 'The method "CONNECT" is for proxies that clients choose');
  const targetEnd = line.length - VERSION_LENGTH;
  if (space >= targetEnd) throw malformed('The first line has no target');
  return { method, target: line.slice(space + 1, targetEnd), minor };
}

function readVersion(line: string): 0 | 1 {
  const at = line.length - VERSION_LENGTH;
  if (at > 0 && line.startsWith(' HTTP/1.', at)) {
    const minor = line.charCodeAt(line.length - 1) - ZERO;
    if (minor === 1 || minor === 0) return minor;
  }
  if (at > 0 && VERSION.test(line.slice(at))) {
    refuse('HTTP_VERSION_NOT_SUPPORTED', 'HTTP/1.1 and HTTP/1.0 are spoken here');
  }
  throw malformed('The first line is not of HTTP');
}

/** What a request's fields say, below its start line. */
export function completeHead({ method, target, minor }: StartLine, fields: string[]): Http1RequestHead {
  const headers = joinFields(fields);
  const options = headers.connection;
  const keepsAlive = minor === 1 ? !hasOption(options, 'close') : hasOption(options, 'keep-alive');
  return {
    method,
    target,
    minor,
    fields,
    headers,
    framing: readFraming(headers, minor),
    keepsAlive,
    isUpgrade: headers.upgrade !== undefined && minor === 1 && hasOption(options, 'upgrade'),
  };
}

const ZERO = 0x30;

function malformed(message: string): WeirError {
  return new WeirError('MALFORMED_REQUEST', message);
}

function refuse(code: ErrorCode, message: string): never {
  throw new WeirError(code, message);
}

const lowerCaseOf = remember((name) => name.toLowerCase());

/** Without a prototype: a field may be named `__proto__`. A class, so that all of them have one shape. */
class Headers {}
Object.setPrototypeOf(Headers.prototype, null);
delete (Headers.prototype as { constructor?: unknown }).constructor;

/**
 * As node:http joins them: the first line of a field of one value counts, `cookie` is joined by `; `, others by `, `. So is
 * `content-length`, which makes of two lengths none.
 */
function joinFields(fields: readonly string[]): IncomingHttpHeaders {
  const headers = new Headers() as Record<string, string | string[] | undefined>;
  for (let at = 0; at < fields.length; at += 2) {
    const name = lowerCaseOf(fields[at] as string);
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
