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
const DEL = 0x7f;

/**
 * Appends the field lines (RFC 9112 §5) in `text` from `at` to `end` to `fields`: name, value, name, value, as they were
 * sent, without the white space around values. Every line ends with CRLF.
 * @param known The fields of a head before this one: a service sends the same names in the same order over and over.
 * @throws {MalformedAnswer} Also at obs-fold, at space before the colon, and at CR, LF, NUL and other controls in a value.
 */
export function readFieldLines(
  text: string,
  at: number,
  end: number,
  fields: string[],
  known: readonly string[] = fields,
): void {
  while (at < end) {
    let name = known[fields.length];
    if (name !== undefined && text.charCodeAt(at + name.length) === COLON && text.startsWith(name, at)) {
      at += name.length;
    } else {
      const nameStart = at;
      while (TOKEN[text.charCodeAt(at)] === 1) at++;
      if (text.charCodeAt(at) !== COLON || at === nameStart) {
        throw new MalformedAnswer('A field line has no valid name');
      }
      name = text.slice(nameStart, at);
    }
    let char = text.charCodeAt(++at);
    while (char === SP || char === HTAB) char = text.charCodeAt(++at);
    const valueStart = at;
    // The text is Latin-1: what is left out are the controls.
    while ((char > 0x1f && char !== DEL) || char === HTAB) char = text.charCodeAt(++at);
    if (char !== CR || text.charCodeAt(at + 1) !== LF) {
      throw new MalformedAnswer('A field value has a character that may not stand there');
    }
    let valueEnd = at;
    for (char = text.charCodeAt(valueEnd - 1); valueEnd > valueStart && (char === SP || char === HTAB); ) {
      char = text.charCodeAt(--valueEnd - 1);
    }
    at += 2;
    fields.push(name, text.slice(valueStart, valueEnd));
  }
}
