/** What JSON must escape in a string, and lone surrogates, which `JSON.stringify` escapes too. */
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Longer strings are left to the native routine, which looks and copies in one pass. */
const SHORT = 64;

/** The JSON text of a string. */
export function quote(text: string): string {
  return text.length <= SHORT && !NEEDS_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(text);
}
