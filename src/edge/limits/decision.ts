import { algorithmOf, type Counter, TOLERANCE } from './counter.ts';
import type { Demand, Limit } from './limit.ts';

/** How one limit stands after a decision. */
export interface Standing {
  readonly limit: Limit;
  /** Whole units still free. */
  readonly remaining: number;
  /** Refused: until the demand fits. Nothing remaining: until one unit fits. Otherwise: until the quota is whole. */
  readonly resetMs: number;
  /** Whether this limit is why the request was refused; for a dry run: would be. */
  readonly exceeded: boolean;
}

/** All limits of a request, decided in one step: either every cost was taken or none. */
export interface Decision {
  readonly allowed: boolean;
  /** In the order of the demands. Where a refusal was known without asking the store: only the limit that refuses. */
  readonly standings: readonly Standing[];
  /** 0 where allowed; otherwise when every exceeded limit has room again, at least 1 ms. */
  readonly retryAfterMs: number;
  /** Refused because the store is lost and a limit is `closed` then: 503, not 429. */
  readonly storeLost?: true;
}

export const UNLIMITED: Decision = { allowed: true, standings: [], retryAfterMs: 0 };

/** What can be said of a limit from its counter. `exceeded` as found before anything was taken. */
export function standingOf(demand: Demand, counter: Counter, nowMs: number, exceeded: boolean): Standing {
  const { limit, cost } = demand;
  const algorithm = algorithmOf(limit);
  const remaining = Math.max(0, Math.floor(algorithm.available(limit, counter, nowMs) + TOLERANCE));
  let resetMs: number;
  if (exceeded) resetMs = algorithm.waitMs(limit, counter, nowMs, cost);
  else if (remaining === 0) resetMs = algorithm.waitMs(limit, counter, nowMs, 1);
  else resetMs = algorithm.resetMs(limit, counter, nowMs);
  // A cost above the limit never fits; the client is told a whole window, since there is no better number.
  return { limit, remaining, resetMs: Number.isFinite(resetMs) ? resetMs : limit.windowMs, exceeded };
}

export function decide(standings: readonly Standing[]): Decision {
  let retryAfterMs = 0;
  for (const { exceeded, limit, resetMs } of standings) {
    if (exceeded && !limit.dryRun) retryAfterMs = Math.max(retryAfterMs, resetMs, 1);
  }
  return { allowed: retryAfterMs === 0, standings, retryAfterMs };
}

/** Two decisions on one request as one; of a limit that both are about, the later standing counts. */
export function addDecision(earlier: Decision, later: Decision): Decision {
  if (earlier.standings.length === 0 && earlier.allowed) return later;
  const names = new Set(later.standings.map(({ limit }) => limit.name));
  return {
    allowed: earlier.allowed && later.allowed,
    standings: [...earlier.standings.filter(({ limit }) => !names.has(limit.name)), ...later.standings],
    retryAfterMs: Math.max(earlier.retryAfterMs, later.retryAfterMs),
    ...((earlier.storeLost ?? later.storeLost) && { storeLost: true }),
  };
}
