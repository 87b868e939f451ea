import type { Identity } from '../../edge/request-context.ts';

/** One of the lists must hold; a list holds where all of its items do. */
export type Alternatives = readonly (readonly string[])[];

/** What a field asks of a client; all of it must hold. */
export interface Demand {
  /** Whether the client must be known. */
  readonly authenticated: boolean;
  /** Scopes; each of the alternatives must hold. */
  readonly scopes: readonly Alternatives[];
  /** Names of policies; each of the alternatives must hold. */
  readonly policies: readonly Alternatives[];
}

export const NOTHING: Demand = { authenticated: false, scopes: [], policies: [] };

export function isNothing({ authenticated, scopes, policies }: Demand): boolean {
  return !authenticated && scopes.length === 0 && policies.length === 0;
}

/** All that any of the demands asks. */
export function unite(demands: Iterable<Demand>): Demand {
  let authenticated = false;
  const scopes = new Map<string, Alternatives>();
  const policies = new Map<string, Alternatives>();
  for (const demand of demands) {
    authenticated ||= demand.authenticated;
    for (const each of demand.scopes) scopes.set(JSON.stringify(each), each);
    for (const each of demand.policies) policies.set(JSON.stringify(each), each);
  }
  return { authenticated, scopes: [...scopes.values()], policies: [...policies.values()] };
}

/** Equal keys are equal demands. */
export function keyOf({ authenticated, scopes, policies }: Demand): string {
  const sorted = (each: readonly Alternatives[]) => each.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify([authenticated, sorted(scopes), sorted(policies)]);
}

/** Scopes are of a client: who is not known has none, and does not meet even an empty list of them. */
export function meets(demand: Demand, identity: Identity | null, holds: (policy: string) => boolean): boolean {
  if (identity === null && (demand.authenticated || demand.scopes.length > 0)) return false;
  for (const alternatives of demand.scopes) if (identity === null || !hasScopes(identity, alternatives)) return false;
  for (const alternatives of demand.policies) if (!alternatives.some((all) => all.every(holds))) return false;
  return true;
}

export function hasScopes({ scopes }: Identity, alternatives: Alternatives): boolean {
  return alternatives.some((all) => all.every((scope) => scopes.includes(scope)));
}

export function policyNames({ policies }: Demand): Iterable<string> {
  return policies.flat(2);
}
