import { type GraphQLOutputType, getNullableType, isEnumType, isScalarType, isSpecifiedScalarType } from 'graphql';
import { createRandom } from '../random.ts';
import type { Fixture, Thing } from './fixture.ts';

/** Decides, for a field of a thing, whether it fails; the same answer wherever it is asked: in any subgraph, or in the monolith. */
export interface Faults {
  resolve(fieldName: string, type: GraphQLOutputType, thing: Thing, resolve: () => unknown): unknown;
}

export const NO_FAULTS: Faults = { resolve: (_fieldName, _type, _thing, resolve) => resolve() };

/**
 * Faults of resolvers: errors, nulls (in place of values that may not be null, too), and leaf values that their type refuses.
 *
 * @param spared names of fields without which entities cannot be found or fields not computed: a monolith does not need
 *   them, so what follows from their failure is particular to federation.
 * @param ratio of things that have a fault in a field, 0 to 1.
 */
export function createFaults(fixture: Fixture, spared: ReadonlySet<string>, seed: number, ratio: number): Faults {
  return {
    resolve(fieldName, type, thing, resolve) {
      if (spared.has(fieldName) || fixture.isUnknown?.(thing) === true) return resolve();
      const random = createRandom(hash(`${seed} ${fieldName} ${fixture.identify?.(thing) ?? ''}`));
      if (!random.chance(ratio)) return resolve();
      const roll = random.below(3);
      if (roll === 0) throw new Error(`Fault in ${fieldName}`);
      if (roll === 1 || !canBeRefused(type)) return null;
      return random.pick(REFUSED);
    },
  };
}

/** What a custom scalar takes is known to its subgraph alone: to a gateway every value is right. */
function canBeRefused(type: GraphQLOutputType): boolean {
  const leaf = getNullableType(type);
  return isEnumType(leaf) || (isScalarType(leaf) && isSpecifiedScalarType(leaf));
}

/** No enum and no scalar of GraphQL's own takes these. */
const REFUSED: readonly unknown[] = [{ wrong: true }, [1], {}];

export function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619) >>> 0;
  return value;
}
