/** RFC 8259, and the structured suffix of RFC 6839 §3.1. */
const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json[ \t]*(?:;|$)/i;
const CHARSET = /;[ \t]*charset="?([^";\s]*)/i;

/** Whether a `Content-Type` says JSON in UTF-8, the only encoding that JSON has between systems (RFC 8259 §8.1). */
export function isJsonType(contentType: string | undefined): boolean {
  if (contentType === undefined || !JSON_TYPE.test(contentType)) return false;
  const charset = CHARSET.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
}
