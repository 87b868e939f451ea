import type { Failure } from '../exchange/failure.ts';

/** What decides whether a request may be sent again. */
export interface Repeatable {
  /** RFC 9110 §9.2.2, or the caller's word for it, or an Idempotency-Key. */
  readonly idempotent: boolean;
  /** Whether the body can be sent a second time: it is at hand, or nothing of it was sent so far. */
  readonly replayable: boolean;
}

export type RetryDecision = 'retry' | 'final' | 'not_idempotent' | 'body';

/**
 * Whether a result is worth another try. `final`: no try could change it; the other refusals are reasons to count.
 * @param result A failure, or the status of an answer of which nothing was handed on.
 */
export function decideRetry(result: Failure | number, { idempotent, replayable }: Repeatable): RetryDecision {
  if (typeof result === 'number') {
    if (result !== 502 && result !== 503 && result !== 504) return 'final';
  } else {
    switch (result.kind) {
      case 'connect':
        // Nothing was sent: any method may go again, and a body that nobody began to read too.
        return 'retry';
      case 'refused':
        return replayable ? 'retry' : 'body';
      case 'reset':
      case 'timeout':
        break;
      default:
        return 'final';
    }
  }
  if (!idempotent) return 'not_idempotent';
  return replayable ? 'retry' : 'body';
}

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** RFC 9110 §9.2.1. */
export function isSafe(method: string): boolean {
  return SAFE.has(method);
}
