import type { Identity } from '../request-context.ts';

/**
 * When the credential behind an identity ends, milliseconds since the epoch; `Infinity` where it does not. A subscription
 * must not outlive it.
 */
export function expiresAtMs(identity: Identity | null): number {
  return identity?.expiresAtMs ?? Number.POSITIVE_INFINITY;
}
