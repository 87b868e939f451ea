import { STATUS_CODES } from 'node:http';
import { NOT_IN_VALUE, TOKEN } from '../../../transport/http1/field-lines.ts';

/** What of the fields decides on how the answer ends. */
export interface HeadFacts {
  /** -1: unknown. */
  contentLength: number;
  isChunked: boolean;
  closes: boolean;
  hasConnection: boolean;
  hasDate: boolean;
}

const STATUS_LINES = new Map<number, string>();

export function statusLine(status: number, reason: string | undefined): string {
  if (reason !== undefined) return `HTTP/1.1 ${status} ${checkValue('reason', reason)}\r\n`;
  let line = STATUS_LINES.get(status);
  if (line === undefined) {
    if (!Number.isInteger(status) || status < 100 || status > 999) throw new RangeError(`No status: ${status}`);
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
    STATUS_LINES.set(status, line);
  }
  return line;
}

/**
 * Writes field lines, and notes which of them there are.
 * @throws {TypeError} A name or a value that would end its line, or is none (RFC 9110 §5.1, §5.5).
 */
export function writeFields(lines: readonly string[], facts: HeadFacts): string {
  let text = '';
  for (let at = 0; at < lines.length; at += 2) {
    const name = lines[at] as string;
    const value = lines[at + 1] as string;
    note(name, value, facts);
    text += `${checkName(name)}: ${checkValue(name, value)}\r\n`;
  }
  return text;
}

/** Only names of these lengths are looked at. */
function note(name: string, value: string, facts: HeadFacts): void {
  switch (name.length) {
    case 'date'.length:
      if (name.toLowerCase() === 'date') facts.hasDate = true;
      break;
    case 'connection'.length:
      if (name.toLowerCase() !== 'connection') break;
      facts.hasConnection = true;
      if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) facts.closes = true;
      break;
    case 'content-length'.length:
      if (name.toLowerCase() === 'content-length') facts.contentLength = Number(value);
      break;
    case 'transfer-encoding'.length:
      if (name.toLowerCase() === 'transfer-encoding') facts.isChunked = true;
      break;
  }
}

const MOST_KNOWN_NAMES = 1_000;
const knownNames = new Set<string>();

function checkName(name: string): string {
  if (knownNames.has(name)) return name;
  if (!TOKEN.test(name)) throw new TypeError(`Not the name of a field: ${JSON.stringify(name)}`);
  if (knownNames.size < MOST_KNOWN_NAMES) knownNames.add(name);
  return name;
}

function checkValue(name: string, value: string): string {
  if (NOT_IN_VALUE.test(value))
    throw new TypeError(`The value of the field "${name}" has a character that may not stand there`);
  return value;
}

let dateSecond = 0;
let dateLine = '';

/** RFC 9110 §6.6.1 */
export function writeDate(): string {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
  return dateLine;
}
