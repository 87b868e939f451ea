/** Bytes that are not an HTTP/1.1 message, or one that could be read in two ways. */
export class MalformedMessage extends Error {
  readonly code = 'MALFORMED_MESSAGE';
}
