/** The value of a cookie in a `Cookie` field (RFC 6265 §4.2); the first wins. */
export function readCookie(field: string | undefined, name: string): string | undefined {
  if (field === undefined) return undefined;
  let start = 0;
  while (start < field.length) {
    let end = field.indexOf(';', start);
    if (end === -1) end = field.length;
    const equals = field.indexOf('=', start);
    if (equals !== -1 && equals < end && field.slice(start, equals).trim() === name) {
      return field.slice(equals + 1, end).trim();
    }
    start = end + 1;
  }
  return undefined;
}
