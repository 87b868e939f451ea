import { MalformedAnswer } from './malformed-answer.ts';

/** `tchar` of RFC 9110 §5.6.2, by character code: 1 where it may stand in a field name or a method. */
export const TOKEN: Uint8Array = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[char.charCodeAt(0)] = 1;
}

/** What may stand in a field value (RFC 9110 §5.5), by character code: HTAB, SP, VCHAR and obs-text. */
export const FIELD_VALUE: Uint8Array = new Uint8Array(256).fill(1, 0x20);
FIELD_VALUE[0x09] = 1;
FIELD_VALUE[0x7f] = 0;

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const COLON = 0x3a;

/**
 * Appends the field lines (RFC 9112 §5) in `text` from `at` to `end` to `fields`: name, value, name, value, as they were
 * sent, without the white space around values. Every line ends with CRLF.
 * @throws {MalformedAnswer} Also at obs-fold, at space before the colon, and at CR, LF, NUL and other controls in a value.
 */
export function readFieldLines(text: string, at: number, end: number, fields: string[]): void {
  while (at < end) {
    const nameStart = at;
    let char = text.charCodeAt(at);
    while (TOKEN[char] === 1) char = text.charCodeAt(++at);
    if (char !== COLON || at === nameStart) throw new MalformedAnswer('A field line has no valid name');
    const name = text.slice(nameStart, at);
    do char = text.charCodeAt(++at);
    while (char === SP || char === HTAB);
    const valueStart = at;
    let valueEnd = at;
    while (FIELD_VALUE[char] === 1) {
      at++;
      if (char !== SP && char !== HTAB) valueEnd = at;
      char = text.charCodeAt(at);
    }
    if (char !== CR || text.charCodeAt(at + 1) !== LF) {
      throw new MalformedAnswer('A field value has a character that may not stand there');
    }
    at += 2;
    fields.push(name, text.slice(valueStart, valueEnd));
  }
}
