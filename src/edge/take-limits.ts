import type { AdmissionFacts } from './admission-facts.ts';
import { Refusal } from './identity/outcome.ts';
import { addDecision, type Decision } from './limits/decision.ts';
import type { Demand } from './limits/limit.ts';
import { limitRefusal } from './limits/limit-refusal.ts';
import type { RequestScope } from './request-scope.ts';

/** Takes limits of a request, all or none. Gives the refusal where it is none. */
export async function takeLimits(scope: RequestScope, demands: readonly Demand[]): Promise<Refusal | undefined> {
  if (demands.length === 0) return undefined;
  return noteDecision(scope, await scope.edge.limiter.take(demands));
}

/** Keeps a decision for the headers of the answer and tells of limits that are used up. */
export function noteDecision(scope: RequestScope, decision: Decision): Refusal | undefined {
  scope.limits = addDecision(scope.limits, decision);
  for (const { exceeded, limit } of decision.standings) {
    if (exceeded) scope.edge.onEvent?.({ type: 'limit_exceeded', limit: limit.name, isDryRun: limit.dryRun });
  }
  return decision.allowed ? undefined : new Refusal(limitRefusal(decision), '');
}

/**
 * What becomes of a request that its identity or a policy refuses: it counts in the limits that part its client from
 * others, so that credentials cannot be guessed without end. Where those are used up it is refused for that. Limits that all clients share it
 * leaves alone: it reaches no upstream, and must not take from those who may.
 */
export async function countRefused(scope: RequestScope, facts: AdmissionFacts, refusal: Refusal): Promise<Refusal> {
  const { code } = refusal.error;
  scope.edge.onEvent?.({ type: 'access_refused', code });
  // That nobody can verify a credential now is not the client's doing.
  if (code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN') return refusal;
  return (await takeLimits(scope, scope.edge.limits.ofClient(facts))) ?? refusal;
}
