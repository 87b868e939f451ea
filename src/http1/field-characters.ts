/** RFC 9110 §5.6.2. */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What may not stand in a field value (RFC 9110 §5.5): anything but HTAB, SP, VCHAR and obs-text. */
export const NOT_IN_VALUE: RegExp = /[^\t\x20-\x7e\x80-\xff]/;

const NAME = 1;
const VALUE = 2;

/** Where each byte may stand. */
const PLACES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(byte);
  PLACES[byte] = (TOKEN.test(character) ? NAME : 0) | (NOT_IN_VALUE.test(character) ? 0 : VALUE);
}

/** @returns Where the first byte stands that is not of a field name, from `at` on; `end`: there is none. */
export function endOfName(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && ((PLACES[bytes[at] as number] as number) & NAME) !== 0) at++;
  return at;
}

/** @returns Where the first byte stands that is not of a field value, from `at` on; `end`: there is none. */
export function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && ((PLACES[bytes[at] as number] as number) & VALUE) !== 0) at++;
  return at;
}
