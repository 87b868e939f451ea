import type { EntityPart, FetchUnit } from './fetch-unit.ts';
import { canHoldBoth, mergeRequired } from './required-selections.ts';

/** Lets fetches that nothing waits for go along with a later one about the same objects, which is made anyway. */
export function mergeUnits(units: readonly FetchUnit[]): readonly FetchUnit[] {
  const merged = new Set<FetchUnit>();
  for (const unit of units.toSorted((left, right) => left.stage - right.stage)) {
    const { entities } = unit;
    if (unit.isNeeded || entities === undefined) continue;
    const later = units.find(
      (other) =>
        other.stage > unit.stage &&
        other.subgraph === unit.subgraph &&
        other.entities !== undefined &&
        areAlike(entities, other.entities) &&
        [...entities.requires].every(([type, held]) => {
          // A type of its own would be asked for what representations of the other types lack.
          const others = other.entities?.requires.get(type);
          return others !== undefined && canHoldBoth(held, others);
        }),
    );
    if (later?.entities === undefined) continue;
    for (const [type, held] of entities.requires) mergeRequired(held, later.entities.requires.get(type) ?? []);
    later.selection.absorb(unit.selection);
    merged.add(unit);
  }
  return units.filter((unit) => !merged.has(unit));
}

function areAlike(one: EntityPart, other: EntityPart): boolean {
  return one.place === other.place && one.asInterface === other.asInterface && one.isTyped === other.isTyped;
}
