import { type ErrorCode, WeirError } from '../errors.ts';
import type { Failure, FailureKind } from './exchange/failure.ts';

const CODES: Readonly<Record<FailureKind, ErrorCode>> = {
  connect: 'UPSTREAM_UNAVAILABLE',
  refused: 'UPSTREAM_UNAVAILABLE',
  reset: 'UPSTREAM_UNAVAILABLE',
  timeout: 'UPSTREAM_TIMEOUT',
  protocol: 'UPSTREAM_BAD_RESPONSE',
  too_large: 'UPSTREAM_BAD_RESPONSE',
  aborted: 'CLIENT_CLOSED_REQUEST',
  deadline: 'DEADLINE_EXCEEDED',
  invalid: 'INTERNAL_ERROR',
};

const WHAT: Readonly<Record<FailureKind, string>> = {
  connect: 'no connection',
  refused: 'the request was refused unprocessed',
  reset: 'the connection was reset',
  timeout: 'no answer in time',
  protocol: 'the answer is malformed',
  too_large: 'the answer is larger than `traffic.max_body`',
  aborted: 'the client closed the request',
  deadline: 'the request ran out of time',
  invalid: 'the request cannot be sent',
};

/** The last failure of a request as the error that its caller gets. */
export function errorOfFailure(failure: Failure, upstream: string): WeirError {
  const reason = failure.cause === undefined ? '' : ` (${failure.cause.message})`;
  return new WeirError(CODES[failure.kind], `Cannot use upstream "${upstream}": ${WHAT[failure.kind]}${reason}`, {
    upstream,
    ...(failure.cause !== undefined && { cause: failure.cause }),
  });
}

/** Why the gateway itself does not send a request. */
export type RefusalReason = 'circuit_open' | 'overloaded' | 'no_healthy_endpoint' | 'closed';

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  circuit_open: 'its circuit breaker is open',
  overloaded: 'it is at its concurrency limit',
  no_healthy_endpoint: 'it has no healthy endpoint',
  closed: 'it is closed',
};

/** @param retryAfterMs When another try may help; `undefined`: not known. */
export function refusalError(reason: RefusalReason, upstream: string, retryAfterMs?: number): WeirError {
  return new WeirError('UPSTREAM_UNAVAILABLE', `Cannot use upstream "${upstream}": ${REFUSALS[reason]}`, {
    upstream,
    details: {
      reason,
      ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
    },
  });
}
