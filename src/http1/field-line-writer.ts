import { NOT_IN_VALUE } from './field-characters.ts';

/** Of so many lines that differ from the kept one, the last is kept in its place. */
const WRITES_UNTIL_KEPT = 16;
const LONGEST_KEPT = 256;

/**
 * Writes the lines of one field, each behind the end of the line before. Most fields say the same over and over: one line is kept,
 * which need not be checked and put together again.
 */
export class FieldLineWriter {
  readonly #begin: string;
  #keptValue = '';
  #keptLine: string;
  #others = 0;

  /** @param name A token (RFC 9110 §5.1). */
  constructor(name: string) {
    this.#begin = `\r\n${name}: `;
    this.#keptLine = this.#begin;
  }

  /** @returns `undefined`: the value has a character that may not stand there (RFC 9110 §5.5). */
  write(value: string): string | undefined {
    if (value === this.#keptValue) return this.#keptLine;
    if (NOT_IN_VALUE.test(value)) return undefined;
    const line = this.#begin + value;
    this.#others += 1;
    if (this.#others >= WRITES_UNTIL_KEPT && line.length <= LONGEST_KEPT) this.#keep(line);
    return line;
  }

  #keep(line: string): void {
    this.#others = 0;
    // A part of a text would keep all of it in memory, and takes longer to compare than one that is none.
    const bytes = Buffer.from(line, 'latin1');
    this.#keptLine = bytes.toString('latin1');
    this.#keptValue = bytes.toString('latin1', this.#begin.length);
  }
}
