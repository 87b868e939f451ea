import { WeirError } from '../../errors.ts';
import type { Decision } from './decision.ts';

/**
 * The error of a request that its limits refuse: 429; or 503 where nobody can say, because the store is lost and a limit is
 * `closed` then. Names only limits that clients may know of.
 */
export function limitRefusal({ standings, storeLost }: Decision): WeirError {
  if (storeLost) return new WeirError('UPSTREAM_UNAVAILABLE', 'The store of the limits cannot be reached');
  const violated = standings.filter(({ exceeded, limit }) => exceeded && limit.expose && !limit.dryRun);
  const policies = violated.map(({ limit }) => limit.name);
  // draft-ietf-httpapi-ratelimit-headers-10 §6.1 names the member of the problem so.
  return new WeirError(
    'RATE_LIMITED',
    undefined,
    policies.length === 0 ? {} : { details: { 'violated-policies': policies } },
  );
}
