import { MalformedMessage } from './malformed-message.ts';

/** RFC 9110 §5.6.2. */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What may not stand in a field value (RFC 9110 §5.5): anything but HTAB, SP, VCHAR and obs-text. */
export const NOT_IN_VALUE: RegExp = /[^\t\x20-\x7e\x80-\xff]/;

const HTAB = 0x09;
const SP = 0x20;
const COLON = 0x3a;

/**
 * Appends the field lines (RFC 9112 §5) in `text` from `at` to `end` to `fields`: name, value, name, value, as they were
 * sent, without the white space around values. Every line ends with CRLF.
 * @param known The fields of a head before this one: a service sends the same names in the same order over and over.
 * @throws {MalformedMessage} Also at obs-fold, at space before the colon, and at CR, LF, NUL and other controls in a value.
 */
export function readFieldLines(
  text: string,
  at: number,
  end: number,
  fields: string[],
  known: readonly string[] = fields,
): void {
  while (at < end) {
    const lineEnd = text.indexOf('\r\n', at);
    let name = known[fields.length];
    let valueStart: number;
    if (name !== undefined && text.charCodeAt(at + name.length) === COLON && text.startsWith(name, at)) {
      valueStart = at + name.length + 1;
    } else {
      const colon = text.indexOf(':', at);
      if (colon === -1 || colon > lineEnd) throw new MalformedMessage('A field line has no colon');
      name = text.slice(at, colon);
      if (!TOKEN.test(name)) throw new MalformedMessage('A field line has no valid name');
      valueStart = colon + 1;
    }
    let valueEnd = lineEnd;
    while (valueStart < valueEnd && isSpace(text.charCodeAt(valueStart))) valueStart++;
    while (valueEnd > valueStart && isSpace(text.charCodeAt(valueEnd - 1))) valueEnd--;
    const value = text.slice(valueStart, valueEnd);
    if (NOT_IN_VALUE.test(value)) {
      throw new MalformedMessage('A field value has a character that may not stand there');
    }
    fields.push(name, value);
    at = lineEnd + 2;
  }
}

function isSpace(char: number): boolean {
  return char === SP || char === HTAB;
}
