/** Percent-encodes all but the unreserved characters (RFC 3986 §2.3): a value cannot change the structure of a URL. */
export function encodeValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, percent);
}

/** Percent-encodes what a URL cannot hold at all; reserved characters and `%` are left to the author of the constant. */
export function encodeConstant(text: string): string {
  return text.toWellFormed().replace(/[^\w\-.~:/?#[\]@!$&'()*+,;=%]+/gu, encodeURIComponent);
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
