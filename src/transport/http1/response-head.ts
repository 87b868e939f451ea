import { NOT_IN_VALUE } from '../../http1/field-characters.ts';
import { MalformedMessage } from '../../http1/malformed-message.ts';

/** The head of an answer, and what it says of the connection and of the length of what follows. */
export interface ResponseHead {
  readonly status: number;
  /** Reason phrase; may be empty. */
  readonly reason: string;
  /** Name, value, name, value; as sent. */
  readonly fields: readonly string[];
  /** Bytes of the body; -1: not said. */
  readonly contentLength: number;
  readonly isChunked: boolean;
  /** Whether the service lets the connection go on after this answer (RFC 9112 §9.3). */
  readonly keepsAlive: boolean;
  /** How long it keeps the idle connection (`Keep-Alive: timeout`); -1: not said. */
  readonly keepAliveSeconds: number;
}

const SP = 0x20;
const ZERO = 0x30;
const STATUS_START = 'HTTP/1.1 '.length;
const STATUS_END = STATUS_START + 3;

/**
 * Reads a status line (RFC 9112 §4), and what the fields below it say.
 * @param line Without its end.
 * @throws {MalformedMessage}
 */
export function readResponseHead(line: string, fields: readonly string[]): ResponseHead {
  const minor = line.charCodeAt(7) - ZERO;
  if (!line.startsWith('HTTP/1.') || (minor !== 1 && minor !== 0) || line.charCodeAt(8) !== SP) {
    throw new MalformedMessage('The status line has no known version');
  }
  const status = digit(line, STATUS_START) * 100 + digit(line, STATUS_START + 1) * 10 + digit(line, STATUS_START + 2);
  if (!(status >= 100)) throw new MalformedMessage('The status is not of three digits');
  // Many services leave the space out where they give no reason; that cannot be misread.
  if (line.length !== STATUS_END && line.charCodeAt(STATUS_END) !== SP) {
    throw new MalformedMessage('The status is not of three digits');
  }
  const reason = line.slice(STATUS_END + 1);
  if (NOT_IN_VALUE.test(reason)) throw new MalformedMessage('The reason has a character that may not stand there');
  return readFraming(minor, status, reason, fields);
}

function readFraming(minor: number, status: number, reason: string, fields: readonly string[]): ResponseHead {
  let contentLength = -1;
  let isChunked = false;
  let saysKeep = minor === 1;
  let saysClose = false;
  let keepAliveSeconds = -1;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    switch (name.length) {
      case 'content-length'.length:
        if (name.toLowerCase() !== 'content-length') break;
        if (contentLength !== -1) throw new MalformedMessage('Content-Length stands twice');
        contentLength = readLength(fields[i + 1] as string);
        break;
      case 'transfer-encoding'.length:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        // A coding that nobody asked for, a list, or none: where such a body ends is anybody's guess (RFC 9112 §6.3).
        if (isChunked || minor === 0 || (fields[i + 1] as string).toLowerCase() !== 'chunked') {
          throw new MalformedMessage('Transfer-Encoding is not "chunked"');
        }
        isChunked = true;
        break;
      case 'connection'.length: {
        const lower = name.toLowerCase();
        const value = fields[i + 1] as string;
        if (lower === 'connection') {
          if (hasOption(value, 'keep-alive')) saysKeep = true;
          if (hasOption(value, 'close')) saysClose = true;
        }
        if (lower === 'keep-alive') keepAliveSeconds = readTimeout(value);
        break;
      }
    }
  }
  // RFC 9112 §6.3: ought to be handled as an error; a proxy in between may have read the other of the two.
  if (isChunked && contentLength !== -1) {
    throw new MalformedMessage('Content-Length and Transfer-Encoding stand side by side');
  }
  return { status, reason, fields, contentLength, isChunked, keepsAlive: saysKeep && !saysClose, keepAliveSeconds };
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

/** RFC 9110 §8.6: digits only. Lists are refused, also of equal numbers. */
function readLength(value: string): number {
  if (value.length === 0 || value.length > 15) throw new MalformedMessage('Content-Length is not a number');
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i) - ZERO;
    if (char < 0 || char > 9) throw new MalformedMessage('Content-Length is not a number');
    length = length * 10 + char;
  }
  return length;
}

/** Whether a `Connection` field has an option (RFC 9110 §7.6.1). @param option In lower case. */
function hasOption(value: string, option: string): boolean {
  if (value.length < option.length) return false;
  const lower = value.toLowerCase();
  if (lower === option) return true;
  return lower.includes(option) && lower.split(',').some((each) => each.trim() === option);
}

function readTimeout(value: string): number {
  const seconds = /(?:^|,)\s*timeout=(\d{1,6})\s*(?:,|$)/i.exec(value)?.[1];
  return seconds === undefined ? -1 : Number(seconds);
}
