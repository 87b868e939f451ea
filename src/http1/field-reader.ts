import { endOfName, endOfValue } from './field-characters.ts';
import { FieldNames } from './field-names.ts';
import { MalformedMessage } from './malformed-message.ts';
import type { ViewedMemory } from './viewed-memory.ts';

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const COLON = 0x3a;

/** Larger sections are not kept: there are many connections. */
const MOST_BYTES_KEPT = 2_048;
/** Of so many sections that differ from the kept one, one takes its place: to keep one costs as much as to read it. */
const SECTIONS_UNTIL_KEPT = 16;
/** Which of them: not the first, since a connection may bring no other. */
const KEPT_OF_THEM = 2;

/** A section that was read, by its lines. */
interface Kept {
  readonly view: DataView;
  /** Where each line begins, and where the last one ends. */
  readonly starts: readonly number[];
  readonly fields: readonly string[];
}

const NO_FIELDS: string[] = [];
/** Of all connections. */
const NAMES = new FieldNames();
const NOTHING: Kept = { view: new DataView(new ArrayBuffer(0)), starts: [0], fields: [] };

/**
 * Reads field sections (RFC 9112 §5), one after the other, as a connection brings them. Most lines are those of the section before:
 * they need not be looked at twice, and give the same strings.
 */
export class FieldReader {
  readonly #memory: ViewedMemory;
  #fields = NO_FIELDS;
  #kept = NOTHING;
  /** Sections so far that were not the kept one. */
  #differing = 0;

  /** @param memory Of what it will read. */
  constructor(memory: ViewedMemory) {
    this.#memory = memory;
  }

  /**
   * To be called once for each section that was read.
   * @returns Name, value, name, value, as they were sent, without the white space around values; the reader's own no more.
   */
  takeFields(): string[] {
    const fields = this.#fields;
    this.#fields = NO_FIELDS;
    return fields;
  }

  /**
   * @returns Where the section ends, behind the empty line after its last; -1: not before `end`.
   * @throws {MalformedMessage} Also at obs-fold, at space before the colon, and at CR, LF, NUL and other controls in a value.
   */
  read(bytes: Buffer, start: number, end: number): number {
    const { view: keptView, starts, fields: known } = this.#kept;
    const view = this.#memory.viewOf(bytes);
    const offset = bytes.byteOffset;
    const fields: string[] = [];
    this.#fields = fields;
    let differs = false;
    let at = start;
    for (let line = 0; ; line++) {
      if (at + 1 >= end) return -1;
      if (bytes[at] === CR) {
        if (bytes[at + 1] !== LF) throw new MalformedMessage('A field line has no valid name');
        break;
      }
      let name = known[line * 2];
      let valueStart = 0;
      if (name !== undefined) {
        const begin = starts[line] as number;
        const length = (starts[line + 1] as number) - begin;
        const same = countSame(view, offset + at, keptView, begin, Math.min(length, end - at));
        if (same === length) {
          fields.push(name, known[line * 2 + 1] as string);
          at += length;
          continue;
        }
        if (same > name.length) valueStart = at + name.length + 1;
      }
      differs = true;
      if (valueStart === 0) {
        const nameEnd = endOfName(bytes, at, end);
        if (nameEnd === end) return -1;
        if (bytes[nameEnd] !== COLON || nameEnd === at) {
          const reason = bytes[nameEnd] === CR ? 'A field line has no colon' : 'A field line has no valid name';
          throw new MalformedMessage(reason);
        }
        name = NAMES.read(bytes, at, nameEnd);
        valueStart = nameEnd + 1;
      }
      while (valueStart < end && isSpace(bytes[valueStart])) valueStart++;
      const lineEnd = endOfValue(bytes, valueStart, end);
      if (lineEnd + 1 >= end) return -1;
      if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) {
        throw new MalformedMessage('A field value has a character that may not stand there');
      }
      let valueEnd = lineEnd;
      while (valueEnd > valueStart && isSpace(bytes[valueEnd - 1])) valueEnd--;
      fields.push(name as string, valueEnd === valueStart ? '' : bytes.toString('latin1', valueStart, valueEnd));
      at = lineEnd + 2;
    }
    if (differs || fields.length !== known.length) this.#keepAtTimes(bytes, start, at);
    return at + 2;
  }

  #keepAtTimes(bytes: Buffer, start: number, end: number): void {
    this.#differing += 1;
    if (this.#differing % SECTIONS_UNTIL_KEPT !== KEPT_OF_THEM || end - start > MOST_BYTES_KEPT) return;
    const copy = new Uint8Array(end - start);
    copy.set(bytes.subarray(start, end));
    const starts = [0];
    for (let at = 0; at < copy.length; at++) if (copy[at] === LF) starts.push(at + 1);
    // A copy: whoever has the fields may do with them what it likes.
    this.#kept = { view: new DataView(copy.buffer), starts, fields: [...this.#fields] };
  }
}

/** Of `length` bytes at two places, how many are the same before the first that is not. */
function countSame(a: DataView, aStart: number, b: DataView, bStart: number, length: number): number {
  let count = 0;
  while (count + 4 <= length && a.getUint32(aStart + count) === b.getUint32(bStart + count)) count += 4;
  while (count < length && a.getUint8(aStart + count) === b.getUint8(bStart + count)) count++;
  return count;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB;
}
