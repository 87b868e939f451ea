import type { FederationModel, FieldSet } from '../model/federation-model.ts';
import type { Move, Option } from './cost.ts';
import { type EntityPart, FetchUnit } from './fetch-unit.ts';
import type { Arrival } from './place.ts';
import { NONE_PROVIDED } from './provided.ts';
import { canHoldBoth, mergeRequired, toRequired } from './required-selections.ts';
import type { WantOf, Wants } from './wants.ts';

/** What entering a subgraph needs of the search. */
export interface EntranceSearch {
  addUnit(unit: FetchUnit): FetchUnit;
  /** Fetches a want of the objects at a place. @returns the fetches that it comes from. */
  fetch(arrival: Arrival, wantOf: WantOf): Iterable<FetchUnit>;
}

/** Enters subgraphs by entity fetches: with what representations hold fetched before, and in a fetch that is made anyway where the order allows it. */
export class Entrance {
  readonly #model: FederationModel;
  readonly #wants: Wants;
  readonly #search: EntranceSearch;

  constructor(model: FederationModel, wants: Wants, search: EntranceSearch) {
    this.#model = model;
    this.#wants = wants;
    this.#search = search;
  }

  /** @param types of the objects; `undefined`: nobody knows, and they are represented as their interface. */
  enter(arrival: Arrival, types: readonly string[] | undefined, { entry, field }: Option, { key }: Move): Arrival {
    const { place } = arrival;
    const { subgraph, type } = entry;
    const part = {
      place,
      asInterface: types === undefined || type.kind === 'interfaceObject' ? type.name : undefined,
      isTyped: types !== undefined,
    };
    const represented = types ?? [type.name];
    const known =
      field?.requires === undefined
        ? place.units.find(
            (unit) =>
              isAlike(unit, subgraph, part) && represented.every((name) => unit.entities?.requires.has(name) === true),
          )
        : undefined;
    const fieldSets = field?.requires === undefined ? [key] : [key, field.requires];
    const unit = known ?? this.#enterWith(arrival, represented, subgraph, fieldSets, part);
    if (types === undefined && type.kind === 'interface') unit.selection.hasTypename = true;
    return { ...arrival, unit, subgraph, type, selection: unit.selection, provided: NONE_PROVIDED };
  }

  #enterWith(
    arrival: Arrival,
    represented: readonly string[],
    subgraph: string,
    fieldSets: readonly FieldSet[],
    part: Omit<EntityPart, 'requires'>,
  ): FetchUnit {
    const { units } = arrival.place;
    const stage = this.#fetchRequired(arrival, part.isTyped ? represented : arrival.type.members, fieldSets);
    const requiredOf = new Map(represented.map((type) => [type, toRequired(this.#model, type, fieldSets)]));
    const [known] = units
      .filter(
        (unit) =>
          unit.stage >= stage &&
          isAlike(unit, subgraph, part) &&
          [...requiredOf].every(([type, required]) => canHoldBoth(required, unit.entities?.requires.get(type) ?? [])),
      )
      .toSorted((left, right) => left.stage - right.stage);
    const unit = known ?? this.#search.addUnit(new FetchUnit(subgraph, stage, { ...part, requires: new Map() }));
    if (known === undefined) units.push(unit);
    for (const [type, required] of requiredOf) {
      const held = unit.entities?.requires.get(type) ?? [];
      unit.entities?.requires.set(type, held);
      mergeRequired(required, held);
    }
    return unit;
  }

  /** @returns the stage at which all of it is known. */
  #fetchRequired(arrival: Arrival, types: readonly string[], fieldSets: readonly FieldSet[]): number {
    arrival.selection.hasTypename = true;
    arrival.unit.isNeeded = true;
    let stage = arrival.unit.stage + 1;
    for (const { selections } of fieldSets) {
      for (const wantOf of this.#wants.collect(types, [selections], arrival.type.name)) {
        for (const unit of this.#search.fetch(arrival, wantOf)) {
          unit.isNeeded = true;
          stage = Math.max(stage, unit.stage + 1);
        }
      }
    }
    return stage;
  }
}

/** Whether a fetch asks a subgraph for entities in the same way. */
function isAlike(
  { subgraph, entities }: FetchUnit,
  of: string,
  { asInterface, isTyped }: Omit<EntityPart, 'requires'>,
): boolean {
  return (
    subgraph === of && entities !== undefined && entities.isTyped === isTyped && entities.asInterface === asInterface
  );
}
