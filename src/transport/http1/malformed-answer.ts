/** The bytes of a service are not an HTTP/1.1 answer, or one that could be read in two ways. */
export class MalformedAnswer extends Error {
  readonly code = 'MALFORMED_ANSWER';
}
