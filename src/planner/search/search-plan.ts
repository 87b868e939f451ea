import type { OperationTypeNode, SelectionNode } from 'graphql';
import type { FederationModel } from '../model/federation-model.ts';
import { below, combineOptions, leafId, type Option } from './cost.ts';
import { Entrance } from './entrance.ts';
import { FetchUnit } from './fetch-unit.ts';
import type { OptionFinder } from './find-options.ts';
import { type Pick, pickOptions } from './pick-options.ts';
import { type Arrival, Place } from './place.ts';
import { NONE_PROVIDED, type ProvidedSets } from './provided.ts';
import type { Want, WantOf, Wants } from './wants.ts';

type Leaves = ReadonlySet<string> | undefined;
type Units = ReadonlySet<FetchUnit>;

/** Searches the fetches that one operation needs, one want after the other, and lets wants share fetches where the order allows it. */
export class PlanSearch {
  /** In the order in which they were found. */
  readonly units: FetchUnit[] = [];
  readonly #model: FederationModel;
  readonly #wants: Wants;
  readonly #provided: ProvidedSets;
  readonly #options: OptionFinder;
  readonly #entrance: Entrance;

  constructor(model: FederationModel, wants: Wants, provided: ProvidedSets, options: OptionFinder) {
    this.#model = model;
    this.#wants = wants;
    this.#provided = provided;
    this.#options = options;
    this.#entrance = new Entrance(model, wants, {
      addUnit: (unit) => this.#addUnit(unit),
      fetch: (arrival, wantOf) => this.#fetch(arrival, wantOf, undefined),
    });
  }

  /** @throws {Error} where something of the selections cannot be fetched. */
  searchRoot(kind: OperationTypeNode, selections: readonly SelectionNode[]): void {
    const typeName = this.#model.rootTypes.get(kind) ?? '';
    const place = new Place([]);
    const wanted = this.#wants
      .collect([typeName], [selections])
      .map(({ want }) => ({ want, options: this.#rootOptions(typeName, want) }))
      .toSorted((left, right) => left.options.length - right.options.length);
    for (const { want, options } of wanted) {
      if (combineOptions(options).missing.size > 0)
        throw new Error(`No subgraphs can be asked for all of "${want.key}"`);
      const unitOf = (subgraph: string) =>
        this.units.find((unit) => unit.entities === undefined && unit.subgraph === subgraph);
      const picks = pickOptions(options, undefined, ({ subgraph }) => unitOf(subgraph) !== undefined);
      // A mutation must not run twice, even where several subgraphs share it; nor is a subscription made of two.
      if (kind !== 'query' && picks.length > 1)
        throw new Error(`No subgraph alone can be asked for all of "${want.key}"`);
      for (const { option, only } of picks) {
        const { subgraph, type } = option.entry;
        const unit = unitOf(subgraph) ?? this.#addUnit(new FetchUnit(subgraph, 1, undefined));
        const alternatives = new Set(options.map(({ entry }) => entry.subgraph));
        const arrival = {
          place,
          unit,
          subgraph,
          type,
          selection: unit.selection,
          provided: NONE_PROVIDED,
          alternatives,
        };
        this.#select(arrival, undefined, undefined, [typeName], want, option, only, alternatives);
      }
    }
  }

  #rootOptions(typeName: string, want: Want): readonly Option[] {
    return [...this.#model.subgraphs.keys()].flatMap((subgraph): readonly Option[] => {
      const entry = this.#model.entryAt(subgraph, typeName);
      const field = entry?.type.fields.get(want.name);
      if (entry === undefined || field === undefined || field.isExternal) return [];
      const providedBelow = this.#provided.below(NONE_PROVIDED, [typeName], field);
      const cost = this.#options.costBelow(subgraph, field.typeName, providedBelow, want);
      return [{ entry, field, move: undefined, isDetour: false, cost: { ...cost, fetches: cost.fetches + 1 } }];
    });
  }

  /** Fetches what is wanted of the objects at a place. @returns the fetches that it comes from. */
  #fetchAll(arrival: Arrival, selections: Want['selections'], only: Leaves): Units {
    const { type } = arrival;
    if (type.kind === 'interface' || type.kind === 'union') arrival.selection.hasTypename = true;
    const wanted = this.#wants
      .collect(this.#commonMembers(arrival), selections, type.name)
      .map((wantOf) => ({ wantOf, rank: this.#rank(arrival, wantOf) }))
      .toSorted((left, right) => left.rank - right.rank);
    const from = new Set<FetchUnit>([arrival.unit]);
    for (const { wantOf } of wanted) for (const unit of this.#fetch(arrival, wantOf, only)) from.add(unit);
    return from;
  }

  /**
   * The types that objects of a place can have. Where several subgraphs share a field of a union, they must answer alike: a type that one of
   * them does not know cannot come.
   */
  #commonMembers({ type, alternatives }: Arrival): readonly string[] {
    if (type.kind !== 'union') return type.members;
    const others = [...alternatives].flatMap(
      (subgraph) => this.#model.entryAt(subgraph, type.name)?.type.members ?? [],
    );
    return type.members.filter((member) => others.filter((other) => other === member).length >= alternatives.size);
  }

  /** What comes early is fetched before what comes late, and what leaves no choice before the rest, which can share its fetches. */
  #rank({ subgraph, type, provided }: Arrival, wantOf: WantOf): number {
    const [first = ''] = wantOf.types;
    const at = this.#model.entryAt(subgraph, type.kind === 'interfaceObject' ? type.name : first);
    if (at === undefined) return 0;
    const options =
      type.kind === 'interfaceObject'
        ? this.#options.forAnyType(at, provided, wantOf)
        : this.#options.forType(first, at, provided, wantOf.want);
    const { stages } = combineOptions(options);
    return stages === 0 ? 0 : stages * 100 + Math.min(options.length, 99);
  }

  #fetch(arrival: Arrival, wantOf: WantOf, only: Leaves): Units {
    return arrival.type.kind === 'interfaceObject'
      ? this.#fetchOfAnyType(arrival, wantOf, only)
      : this.#fetchOfTypes(arrival, wantOf.want, wantOf.types, only);
  }

  #fetchOfTypes(arrival: Arrival, want: Want, types: readonly string[], only: Leaves): Units {
    const { type } = arrival;
    const from = new Set<FetchUnit>();
    for (const { types: group, picks } of this.#groupByPicks(arrival, want, types, only)) {
      const conditions = group.length === type.members.length ? undefined : group;
      for (const { option, only: onlyBelow } of picks) {
        const isOwn = conditions === undefined && this.#isOwn(arrival, want, option);
        const at = option.move === undefined ? arrival : this.#entrance.enter(arrival, group, option, option.move);
        const alternatives = this.#alternativesBelow(arrival, group[0] ?? '', want);
        const added = this.#select(
          at,
          conditions,
          isOwn ? undefined : group,
          group,
          want,
          option,
          onlyBelow,
          alternatives,
        );
        for (const unit of added) from.add(unit);
      }
    }
    return from;
  }

  /** Types for which a want is fetched alike. */
  #groupByPicks(
    arrival: Arrival,
    want: Want,
    types: readonly string[],
    only: Leaves,
  ): Iterable<{ readonly types: readonly string[]; readonly picks: readonly Pick[] }> {
    const { subgraph, provided, place, type } = arrival;
    const isWhole = types.length === type.members.length && this.#isWhole(arrival, want);
    const groups = new Map<string, { readonly types: string[]; readonly picks: readonly Pick[] }>();
    for (const name of types) {
      const onlyBelow = below(only, name, want.id);
      const at = this.#model.entryAt(subgraph, name);
      if (at === undefined || onlyBelow?.size === 0) continue;
      const options = this.#options.forType(name, at, provided, want);
      const picks = pickOptions(options, onlyBelow, (entry) =>
        place.units.some((unit) => unit.subgraph === entry.subgraph),
      );
      const identity = picks.map((pick) => describePick(pick, isWhole)).join(' ');
      const group = groups.get(identity);
      if (group === undefined) groups.set(identity, { types: [name], picks });
      else group.types.push(name);
    }
    return groups.values();
  }

  /** Whether a want is asked of the type itself, not of its object types one by one. */
  #isOwn(arrival: Arrival, want: Want, { move }: Option): boolean {
    if (move !== undefined) return false;
    return arrival.type.kind === 'object' || this.#isWhole(arrival, want);
  }

  #isWhole({ subgraph, type }: Arrival, want: Want): boolean {
    const entry = this.#model.entryAt(subgraph, type.name);
    return type.kind === 'interface' && entry !== undefined && this.#options.isWhole(entry, want.name);
  }

  #fetchOfAnyType(arrival: Arrival, wantOf: WantOf, only: Leaves): Units {
    const { want, types } = wantOf;
    const { subgraph, type, provided, place } = arrival;
    const from = new Set<FetchUnit>();
    const at = this.#model.entryAt(subgraph, type.name);
    const wanted = types.filter((name) => below(only, name, want.id)?.size !== 0);
    if (at === undefined || wanted.length === 0) return from;
    const options = this.#options.forAnyType(at, provided, wantOf);
    const picks = pickOptions(options, below(only, wanted[0] ?? '', want.id), (entry) =>
      place.units.some((unit) => unit.subgraph === entry.subgraph && unit.entities?.isTyped === false),
    );
    for (const { option, only: onlyBelow } of picks) {
      const entered =
        option.move === undefined ? arrival : this.#entrance.enter(arrival, undefined, option, option.move);
      const added = option.isDetour
        ? this.#fetchOfTypes(
            entered,
            want,
            wanted.filter((name) => entered.type.members.includes(name)),
            onlyBelow && new Set(wanted.flatMap((name) => [...onlyBelow].map((id) => leafId(name, want.id, id)))),
          )
        : this.#select(
            entered,
            undefined,
            undefined,
            type.members,
            want,
            option,
            onlyBelow,
            new Set(options.map(({ entry }) => entry.subgraph)),
          );
      for (const unit of added) from.add(unit);
    }
    return from;
  }

  /**
   * Selects a want where the planner stands, and fetches what is wanted below.
   * @param conditions the types whose objects at the place have it; `undefined`: all.
   * @param fragment the types under whose conditions it is selected; `undefined`: no condition.
   * @param types the types that it is selected for.
   */
  #select(
    arrival: Arrival,
    conditions: readonly string[] | undefined,
    fragment: readonly string[] | undefined,
    types: readonly string[],
    want: Want,
    { field: found, move }: Option,
    only: Leaves,
    alternatives: ReadonlySet<string>,
  ): Units {
    const { subgraph, unit, place, selection } = arrival;
    if (found === undefined) {
      selection.hasTypename = true;
      return new Set([unit]);
    }
    const field = (fragment === undefined ? arrival.type.fields.get(want.name) : undefined) ?? found;
    const type = this.#model.entryAt(subgraph, field.typeName)?.type;
    const selected = selection.add(fragment, want, field, type);
    if (selected.below === undefined || type === undefined) return new Set([unit]);
    const provided = this.#provided.below(move === undefined ? arrival.provided : NONE_PROVIDED, types, field);
    const placeBelow = place.below(conditions, want.key, field.isList);
    return this.#fetchAll(
      { place: placeBelow, unit, subgraph, type, selection: selected.below, provided, alternatives },
      want.selections,
      only,
    );
  }

  #alternativesBelow({ subgraph, provided, alternatives }: Arrival, type: string, want: Want): ReadonlySet<string> {
    const found = new Set<string>();
    for (const name of alternatives) {
      const field = this.#model.entryAt(name, type)?.type.fields.get(want.name);
      if (field !== undefined && !field.isExternal) found.add(name);
    }
    const at = this.#model.entryAt(subgraph, type);
    if (at !== undefined)
      for (const { entry } of this.#options.forType(type, at, provided, want)) found.add(entry.subgraph);
    return found;
  }

  #addUnit(unit: FetchUnit): FetchUnit {
    this.units.push(unit);
    return unit;
  }
}

/** @param isWhole whether what needs no fetch of its own is asked of the interface, so that it is alike for all types. */
function describePick({ option: { entry, field, move }, only }: Pick, isWhole: boolean): string {
  const way = move === undefined ? '' : `${entry.type.kind === 'object' ? '' : entry.type.name}(${move.key.text})`;
  const isAlike = move === undefined && isWhole;
  const kind = isAlike ? '' : `${field?.typeName} ${field?.shape} ${field?.provides?.text} ${field?.requires?.text}`;
  return `${entry.subgraph} ${way} ${kind} ${only === undefined ? '' : [...only].sort()}`;
}
