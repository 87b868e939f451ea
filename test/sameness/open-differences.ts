import type { IsOpen } from './compare.ts';

/**
 * Where the specification leaves open what an engine answers: a subgraph with an interface object is asked for the fields
 * of all type conditions at once, before types are known. The failure of one that the client did not ask of this type
 * takes the entity with it, with an error: more nulls than a monolith gives, each of them explained.
 */
export function isOpenIn(supergraph: string, trial: string): IsOpen {
  return ({ isLoss }) => supergraph === 'interface-objects' && trial === 'faults' && isLoss;
}
