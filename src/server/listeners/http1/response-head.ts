import { STATUS_CODES } from 'node:http';
import { NOT_IN_VALUE, TOKEN } from '../../../http1/field-characters.ts';
import { FieldLineWriter } from '../../../http1/field-line-writer.ts';
import { remember } from '../../../remember.ts';

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

/** Without its line end: each line of a head begins with the end of the one before. */
export function statusLine(status: number, reason: string | undefined): string {
  if (reason !== undefined) {
    if (NOT_IN_VALUE.test(reason)) throw unfit('reason');
    return `HTTP/1.1 ${status} ${reason}`;
  }
  let line = STATUS_LINES.get(status);
  if (line === undefined) {
    if (!Number.isInteger(status) || status < 100 || status > 999) throw new RangeError(`No status: ${status}`);
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
    STATUS_LINES.set(status, line);
  }
  return line;
}

/**
 * Writes field lines, each behind the end of the line before, and notes which of them there are.
 * @throws {TypeError} A name or a value that would end its line, or is none (RFC 9110 §5.1, §5.5).
 */
export function writeFields(lines: readonly string[], facts: HeadFacts): string {
  let text = '';
  for (let at = 0; at < lines.length; at += 2) {
    const name = lines[at] as string;
    const value = lines[at + 1] as string;
    const { note, writer } = fieldOf(name);
    const line = writer.write(value);
    if (line === undefined) throw unfit(name);
    note?.(facts, value);
    text += line;
  }
  return text;
}

type Note = (facts: HeadFacts, value: string) => void;

const NOTES: ReadonlyMap<string, Note> = new Map<string, Note>([
  ['date', (facts) => (facts.hasDate = true)],
  [
    'connection',
    (facts, value) => {
      facts.hasConnection = true;
      if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) facts.closes = true;
    },
  ],
  ['content-length', (facts, value) => (facts.contentLength = Number(value))],
  ['transfer-encoding', (facts) => (facts.isChunked = true)],
]);

interface Field {
  /** What it says of the answer. */
  readonly note: Note | undefined;
  readonly writer: FieldLineWriter;
}

const fieldOf = remember((name): Field => {
  if (!TOKEN.test(name)) throw new TypeError(`Not the name of a field: ${JSON.stringify(name)}`);
  return { note: NOTES.get(name.toLowerCase()), writer: new FieldLineWriter(name) };
});

function unfit(name: string): TypeError {
  return new TypeError(`The value of the field "${name}" has a character that may not stand there`);
}

let dateSecond = 0;
let dateLine = '';

/** RFC 9110 §6.6.1; behind the end of the line before. */
export function writeDate(): string {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `\r\ndate: ${new Date(nowMs).toUTCString()}`;
  }
  return dateLine;
}
