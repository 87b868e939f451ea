import type { FailureKind } from './exchange/failure.ts';

/**
 * Whether a result speaks against the upstream; `undefined`: neither for nor against it. That is so for an abort by the
 * client, for refusals by us or by a service that only wants fewer requests (429, GOAWAY), and for a deadline that left the
 * upstream too little time to be blamed.
 * @param timeoutMs What the upstream is given; a deadline that took away more than half of it is not its failure.
 */
export function isFailureOfUpstream(
  outcome: number | FailureKind,
  failureStatuses: readonly number[],
  durationMs: number,
  timeoutMs: number,
): boolean | undefined {
  if (outcome === 200) return false;
  if (typeof outcome === 'number') return outcome === 429 ? undefined : failureStatuses.includes(outcome);
  switch (outcome) {
    case 'connect':
    case 'reset':
    case 'timeout':
    case 'protocol':
      return true;
    case 'deadline':
      return durationMs * 2 >= timeoutMs ? true : undefined;
    default:
      return undefined;
  }
}
