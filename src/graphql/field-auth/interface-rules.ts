import { type Alternatives, type Demand, NOTHING } from './demand.ts';

/** Combinations of alternatives that are looked at; beyond, a rule is taken for the interface's own. */
const MAX_COMBINATIONS = 1024;

/**
 * The part of an interface's rule that is the interface's own. Composition gathers on an interface what the types that
 * implement it ask, so that a selection on the interface asks all of it; such a rule says nothing of the types that ask
 * nothing. What the rules of the implementations do not imply, someone has written on the interface: it is meant for all of them.
 */
export function ownOfInterface(demand: Demand, implementations: readonly Demand[]): Demand {
  if (demand === NOTHING) return demand;
  return {
    authenticated: demand.authenticated && !implementations.some(({ authenticated }) => authenticated),
    scopes: demand.scopes.filter(
      (each) =>
        !isImplied(
          each,
          implementations.flatMap(({ scopes }) => scopes),
        ),
    ),
    policies: demand.policies.filter(
      (each) =>
        !isImplied(
          each,
          implementations.flatMap(({ policies }) => policies),
        ),
    ),
  };
}

/** Whether whoever meets all of `others` meets the alternatives. */
function isImplied(alternatives: Alternatives, others: readonly Alternatives[]): boolean {
  let combinations: ReadonlySet<string>[] = [new Set()];
  const distinct = new Map(others.map((other) => [JSON.stringify(other), other]));
  for (const other of distinct.values()) {
    combinations = combinations.flatMap((items) => other.map((more) => items.union(new Set(more))));
    if (combinations.length > MAX_COMBINATIONS) return false;
  }
  return combinations.every((items) => alternatives.some((all) => all.every((item) => items.has(item))));
}
