import type { Decision, Standing } from './decision.ts';
import type { Limit } from './limit.ts';

/** Share of a quota above which the client is warned. */
export const WARNING_RATIO = 0.8;

/**
 * Header fields that tell the client how its limits stand: the legacy triple of the tightest limit, the lists of
 * draft-ietf-httpapi-ratelimit-headers-10, a warning from 80 %, and `Retry-After` with a refusal. Limits with
 * `expose: false` and dry runs are not in them.
 */
export function rateLimitHeaders(decision: Decision): Record<string, string> {
  const headers: Record<string, string> = {};
  let tightest: Standing | undefined;
  let policy = '';
  let state = '';
  let warning = '';
  for (const standing of decision.standings) {
    const { limit } = standing;
    if (!limit.expose || limit.dryRun) continue;
    const quota = quotaOf(limit);
    const name = toStructuredString(limit.name);
    const separator = policy === '' ? '' : ', ';
    policy += `${separator}${name};q=${quota};w=${policyWindowSeconds(limit)}`;
    state += `${separator}${name};r=${standing.remaining};t=${resetSeconds(standing)}`;
    if (isNearLimit(standing)) {
      warning += `${warning === '' ? '' : ', '}policy=${name}; used=${quota - standing.remaining}; limit=${quota}`;
    }
    if (tightest === undefined || isTighter(standing, tightest)) tightest = standing;
  }
  if (tightest !== undefined) {
    headers['x-ratelimit-limit'] = String(quotaOf(tightest.limit));
    headers['x-ratelimit-remaining'] = String(tightest.remaining);
    headers['x-ratelimit-reset'] = String(resetSeconds(tightest));
    headers['ratelimit-policy'] = policy;
    headers.ratelimit = state;
  }
  if (warning !== '') headers['x-ratelimit-warning'] = warning;
  if (!decision.allowed) headers['retry-after'] = String(retryAfterSeconds(decision));
  return headers;
}

/** Whether the client is to be warned. */
export function isNearLimit({ limit, remaining }: Standing): boolean {
  const quota = quotaOf(limit);
  return quota - remaining > Math.floor(quota * WARNING_RATIO);
}

/** Seconds for `Retry-After` (RFC 9110 §10.2.3): never earlier than any exceeded limit's reset, at least 1. */
export function retryAfterSeconds(decision: Decision): number {
  return Math.max(1, Math.ceil(decision.retryAfterMs / 1000));
}

/** The limit that refuses, else the one with least left; of equals the one with the longer window. */
function isTighter(a: Standing, b: Standing): boolean {
  if (a.exceeded !== b.exceeded) return a.exceeded;
  if (a.exceeded && a.resetMs !== b.resetMs) return a.resetMs > b.resetMs;
  if (a.remaining !== b.remaining) return a.remaining < b.remaining;
  return a.limit.windowMs > b.limit.windowMs;
}

/** A bucket is described by what it lets through at once and the time to refill it: the rate is the same. */
function quotaOf(limit: Limit): number {
  return limit.burst;
}

/** `w` is a positive integer of seconds. */
function policyWindowSeconds(limit: Limit): number {
  return Math.max(1, Math.ceil((limit.burst * limit.windowMs) / limit.max / 1000));
}

/** Delta seconds, never an epoch; never 0 while nothing remains. */
function resetSeconds({ remaining, resetMs, exceeded }: Standing): number {
  return Math.max(remaining === 0 || exceeded ? 1 : 0, Math.ceil(resetMs / 1000));
}

/** RFC 9651 §3.3.3. */
function toStructuredString(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
