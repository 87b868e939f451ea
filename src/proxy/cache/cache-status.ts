import type { FieldLines } from '../field-lines.ts';

/** How an answer came about; the label of metrics and the fact in the access log. */
export type CacheOutcome =
  /** Fresh, from the store. */
  | 'hit'
  /** Stale, from the store, while it is renewed. */
  | 'stale'
  /** Stale, from the store, since the upstream failed. */
  | 'stale_on_error'
  /** From the store, once the upstream had said that it still holds. */
  | 'revalidated'
  /** From the answer to another request that was under way. */
  | 'collapsed'
  /** From the upstream, and kept. */
  | 'miss'
  /** From the upstream, and not kept. */
  | 'pass'
  /** From the upstream, since the request or the route has it so. */
  | 'bypass';

/** Why a request was sent on (RFC 9211 §2.2). */
export type ForwardReason = 'bypass' | 'method' | 'request' | 'stale' | 'uri-miss' | 'vary-miss';

/** What is told of an answer. */
export interface CacheReport {
  readonly outcome: CacheOutcome;
  /** `undefined`: it was not sent on. */
  readonly forward?: ForwardReason | undefined;
  /** What the upstream answered, where that is not the status of the answer. */
  readonly forwardStatus?: number | undefined;
  /** Milliseconds that it is still fresh; below 0: since when it is not. */
  readonly ttlMs?: number | undefined;
}

/** Adds this cache to those that the answer has passed already: the one nearest to the client is the last (RFC 9211 §2). */
export function addCacheStatus(lines: FieldLines, report: CacheReport): void {
  lines.push('cache-status', writeStatus(report));
}

function writeStatus({ outcome, forward, forwardStatus, ttlMs }: CacheReport): string {
  let status = forward === undefined ? 'weir; hit' : `weir; fwd=${forward}`;
  if (forwardStatus !== undefined) status += `; fwd-status=${forwardStatus}`;
  if (outcome === 'miss') status += '; stored';
  if (outcome === 'collapsed') status += '; collapsed';
  if (ttlMs !== undefined) status += `; ttl=${Math.floor(ttlMs / 1_000)}`;
  return status;
}
