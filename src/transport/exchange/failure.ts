import { WeirError } from '../../errors.ts';

/**
 * Why a try brought no answer.
 * - `connect`: no connection (DNS, TCP, TLS), so the upstream did not see the request.
 * - `refused`: the upstream says that it did not process the request (HTTP/2 REFUSED_STREAM, GOAWAY).
 * - `reset`: the connection ended before the answer was complete.
 * - `timeout`: the try took longer than it may.
 * - `protocol`: the answer is not HTTP, or ends early.
 * - `too_large`: the answer is larger than the upstream may send.
 * - `aborted`: the client left.
 * - `deadline`: the client's request ran out of time.
 * - `invalid`: the request cannot be sent, such as a header value outside of Latin-1.
 */
export type FailureKind =
  | 'connect'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'protocol'
  | 'too_large'
  | 'aborted'
  | 'deadline'
  | 'invalid';

/** A try without an answer. It is a result, not an exception: policies decide what becomes of it. */
export class Failure {
  readonly kind: FailureKind;
  /** Whether any byte of the request may have reached the upstream. */
  readonly sent: boolean;
  readonly cause: Error | undefined;

  constructor(kind: FailureKind, sent: boolean, cause?: Error) {
    this.kind = kind;
    this.sent = sent;
    this.cause = cause;
  }
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  CONNECT_TIMEOUT: 'connect',
  MALFORMED_MESSAGE: 'protocol',
  INVALID_REQUEST: 'invalid',
  // Its client broke off what it sent: nothing that could be said of the upstream.
  UPLOAD_FAILED: 'aborted',
  ERR_INVALID_CHAR: 'invalid',
  ERR_INVALID_HTTP_TOKEN: 'invalid',
  ERR_HTTP2_INVALID_HEADER_VALUE: 'invalid',
  ERR_HTTP2_HEADER_SINGLE_VALUE: 'invalid',
  ERR_HTTP2_INVALID_CONNECTION_HEADERS: 'invalid',
};

/** What an error of a connection means. */
export function classify(error: Error, sent: boolean): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const kind = KINDS[code];
  if (kind !== undefined) return new Failure(kind, sent && kind !== 'connect' && kind !== 'invalid', error);
  if (!sent) return new Failure('connect', false, error);
  // RFC 9113 §8.7: a refused stream, and one above the last id of a GOAWAY, was not processed.
  if (/REFUSED_STREAM/.test(error.message)) return new Failure('refused', false, error);
  return new Failure('reset', true, error);
}

/**
 * What the end of a request from the client's side means. Its reason tells, not the clock: a process that was suspended may find only after
 * the deadline that the client has left before it, and that says nothing of the upstream.
 */
export function kindOfAbort(reason: unknown): 'deadline' | 'aborted' {
  return reason instanceof WeirError && reason.code === 'DEADLINE_EXCEEDED' ? 'deadline' : 'aborted';
}
