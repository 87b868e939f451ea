import type { Entry, FederationModel, FieldSet, SubgraphField } from '../model/federation-model.ts';
import {
  addAll,
  addMove,
  type Cost,
  combineOptions,
  compareCosts,
  FREE,
  IMPOSSIBLE,
  isCheaper,
  leafId,
  type Move,
  type Option,
} from './cost.ts';
import { NONE_PROVIDED, type Provided, type ProvidedSets } from './provided.ts';
import type { Want, WantOf, Wants } from './wants.ts';

type Moves = ReadonlyMap<Entry, Move>;

/** Steps after which an operation counts as too large to be planned: about a second. */
const MAX_STEPS = 50_000;

/** The operation is too large for any planner to be asked. */
export class TooLargeError extends Error {}

/**
 * Finds how wants can be fetched from where the planner stands: in the subgraph itself, or in one that its keys lead to, over others
 * where need be. Everything found is kept for as long as the finder lives.
 */
export class OptionFinder {
  readonly #model: FederationModel;
  readonly #wants: Wants;
  readonly #provided: ProvidedSets;
  readonly #options = new Map<string, readonly Option[]>();
  readonly #moves = new Map<string, Moves>();
  readonly #costs = new Map<string, Cost>();
  /** What is being looked for, in which order: a requirement that leads to itself leads nowhere. */
  readonly #open = new Map<string, number>();
  /** The first of what is open that was met again; what is found below it holds only within it. */
  #firstMet = Number.POSITIVE_INFINITY;
  #steps = 0;

  constructor(model: FederationModel, wants: Wants, provided: ProvidedSets) {
    this.#model = model;
    this.#wants = wants;
    this.#provided = provided;
  }

  /** Ways to a want of an object whose type is known. */
  forType(type: string, from: Entry, provided: Provided, want: Want): readonly Option[] {
    return this.#keep(this.#options, `${type}|${from.id}|${provided.id}|${want.id}`, () => {
      if (want.name === '__typename') return [stay(from, undefined, FREE)];
      const options: Option[] = [];
      const consider = (entry: Entry, move: Move | undefined): void => {
        const option = this.#consider([type], from, provided, entry, move, want);
        if (option !== undefined) options.push(option);
      };
      consider(from, undefined);
      for (const [entry, move] of this.movesFor(type, from, provided)) consider(entry, move);
      return options;
    });
  }

  /**
   * Ways to a want of objects of an interface object, whose types nobody knows.
   * @param wantOf with the types that have it.
   */
  forAnyType(from: Entry, provided: Provided, { want, types, isGeneral }: WantOf): readonly Option[] {
    return this.#keep(this.#options, `*${types}|${isGeneral}|${from.id}|${provided.id}|${want.id}`, () => {
      const options: Option[] = [];
      const all = from.type.members;
      const moves = this.movesForAny(from, provided);
      if (isGeneral && want.name !== '__typename') {
        const ways: readonly (readonly [Entry, Move | undefined])[] = [[from, undefined], ...moves];
        for (const [entry, move] of ways) {
          if (entry.type.kind === 'interface' && !this.isWhole(entry, want.name)) continue;
          const option = this.#consider(all, from, provided, entry, move, want);
          if (option !== undefined) options.push(option);
        }
      }
      for (const [entry, move] of moves) {
        if (entry.type.kind !== 'interface') continue;
        const known = types.filter((type) => entry.type.members.includes(type));
        const costs = known.map((type) => {
          const at = this.#model.entryAt(entry.subgraph, type);
          return at === undefined ? IMPOSSIBLE : combineOptions(this.forType(type, at, NONE_PROVIDED, want));
        });
        const cost = addMove(addAll(costs), move);
        options.push({ entry, field: undefined, move, isDetour: true, cost });
      }
      return options;
    });
  }

  /** Whether an interface of a subgraph resolves a field for all of its types alike, so that it can be asked of the interface. */
  isWhole({ subgraph, type }: Entry, fieldName: string): boolean {
    const field = type.fields.get(fieldName);
    if (field === undefined || field.isExternal || field.requires !== undefined) return false;
    return type.members.every((member) => {
      const own = this.#model.entryAt(subgraph, member)?.type.fields.get(fieldName);
      return (
        own !== undefined &&
        !own.isExternal &&
        own.requires === undefined &&
        own.typeName === field.typeName &&
        own.provides === field.provides
      );
    });
  }

  /** The subgraphs that keys lead to. */
  movesFor(type: string, from: Entry, provided: Provided): Moves {
    return this.#keep(this.#moves, `${type}|${from.id}|${provided.id}`, () =>
      this.#explore([type], from, this.#model.entriesFor(type), provided),
    );
  }

  /** As {@link movesFor}, for objects whose type nobody knows: by the keys of the interface. */
  movesForAny(from: Entry, provided: Provided): Moves {
    return this.#keep(this.#moves, `*|${from.id}|${provided.id}`, () =>
      this.#explore(from.type.members, from, this.#model.interfaceEntriesFor(from.type.name), provided),
    );
  }

  /** How to enter the same subgraph anew, with what a field requires. */
  returnTo(types: readonly string[], from: Entry, provided: Provided): Move | undefined {
    const reached = new Map([[from, FREE]]);
    return this.#cheapestKey(types, from, from.type.keys, reached, provided);
  }

  /** What it costs to fetch all that is wanted below a field. */
  costBelow(subgraph: string, typeName: string, provided: Provided, want: Want): Cost {
    if (want.selections.length === 0) return FREE;
    return this.#keep(this.#costs, `${subgraph}|${typeName}|${provided.id}|${want.id}`, () => {
      const entry = this.#model.entryAt(subgraph, typeName);
      if (entry === undefined) return IMPOSSIBLE;
      const missing = new Set<string>();
      const moved = new Map<string, number>();
      let stages = 0;
      let fetches = 0;
      let leaves = 0;
      let delay = 0;
      const count = (types: readonly string[], wanted: Want, options: readonly Option[]): void => {
        const cost = combineOptions(options);
        for (const id of cost.missing) for (const type of types) missing.add(leafId(type, wanted.id, id));
        stages = Math.max(stages, cost.stages);
        leaves += cost.leaves;
        delay += cost.delay;
        const [best] = options.toSorted((left, right) => compareCosts(left.cost, right.cost));
        if (best === undefined) return;
        // Fetches that several wants share count once.
        const own = best.move?.fetches ?? 0;
        if (best.move !== undefined) moved.set(best.entry.subgraph, Math.max(moved.get(best.entry.subgraph) ?? 0, own));
        fetches += cost.fetches - own;
      };
      const { kind, members, name } = entry.type;
      for (const wantOf of this.#wants.collect(members, want.selections, name)) {
        const { want: wanted, types, isGeneral } = wantOf;
        if (kind === 'interfaceObject') {
          count(types, wanted, this.forAnyType(entry, provided, wantOf));
          continue;
        }
        // What an interface of the subgraph promises, it must keep for all of its types: otherwise it is to be had elsewhere.
        const isPromised = isGeneral && kind === 'interface' && entry.type.fields.has(wanted.name);
        for (const type of types) {
          const at = this.#model.entryAt(subgraph, type);
          count(isPromised ? types : [type], wanted, at === undefined ? [] : this.forType(type, at, provided, wanted));
        }
      }
      for (const own of moved.values()) fetches += own;
      return { missing, stages, fetches, leaves, delay };
    });
  }

  #consider(
    types: readonly string[],
    from: Entry,
    provided: Provided,
    entry: Entry,
    move: Move | undefined,
    want: Want,
  ): Option | undefined {
    const field = entry.type.fields.get(want.name);
    if (field === undefined || !this.#resolves(types, from, provided, entry, field)) return undefined;
    const entering =
      field.requires === undefined ? move : this.#enterWith(types, from, provided, entry, move, field.requires);
    if (field.requires !== undefined && entering === undefined) return undefined;
    const providedHere = entry === from && move === undefined ? provided : NONE_PROVIDED;
    const providedBelow = this.#provided.below(providedHere, types, field);
    const cost = this.costBelow(entry.subgraph, field.typeName, providedBelow, want);
    return {
      entry,
      field,
      move: entering,
      isDetour: false,
      cost: entering === undefined ? cost : addMove(cost, entering),
    };
  }

  #resolves(types: readonly string[], from: Entry, provided: Provided, entry: Entry, field: SubgraphField): boolean {
    if (!field.isExternal) return true;
    return entry === from && types.every((type) => this.#provided.has(provided, type, field.name));
  }

  /** Entering a subgraph with a key and a requirement. */
  #enterWith(
    types: readonly string[],
    from: Entry,
    provided: Provided,
    entry: Entry,
    move: Move | undefined,
    requires: FieldSet,
  ): Move | undefined {
    const identity = `requires|${types}|${from.id}|${entry.id}|${requires.text}`;
    if (this.#isMetAgain(identity)) return undefined;
    this.#open.set(identity, this.#open.size);
    try {
      const entering = entry === from ? this.returnTo(types, from, provided) : move;
      if (entering === undefined) return undefined;
      const required = addAll(
        this.#wants
          .collect(types, [requires.selections], from.type.name)
          .map((wantOf) =>
            combineOptions(
              from.type.kind === 'interfaceObject'
                ? this.forAnyType(from, provided, wantOf)
                : this.forType(wantOf.types[0] ?? '', from, provided, wantOf.want),
            ),
          ),
      );
      if (required.missing.size > 0) return undefined;
      return {
        key: entering.key,
        stages: Math.max(entering.stages, 1 + required.stages),
        fetches: entering.fetches + required.fetches,
      };
    } finally {
      this.#open.delete(identity);
    }
  }

  /** Goes from subgraph to subgraph, the nearest first: with each one more is known, and more keys can be had. */
  #explore(types: readonly string[], from: Entry, candidates: readonly Entry[], provided: Provided): Moves {
    const identity = `moves|${types}|${from.id}`;
    const moves = new Map<Entry, Move>();
    if (this.#isMetAgain(identity)) return moves;
    this.#open.set(identity, this.#open.size);
    try {
      const reached = new Map<Entry, Pick<Move, 'stages' | 'fetches'>>([[from, FREE]]);
      for (;;) {
        let nearest: { readonly entry: Entry; readonly move: Move } | undefined;
        for (const entry of candidates) {
          if (reached.has(entry)) continue;
          const move = this.#cheapestKey(types, from, entry.type.keys, reached, provided);
          if (move !== undefined && (nearest === undefined || isCheaper(move, nearest.move))) nearest = { entry, move };
        }
        if (nearest === undefined) return moves;
        reached.set(nearest.entry, nearest.move);
        moves.set(nearest.entry, nearest.move);
      }
    } finally {
      this.#open.delete(identity);
    }
  }

  #cheapestKey(
    types: readonly string[],
    from: Entry,
    keys: readonly FieldSet[],
    reached: ReadonlyMap<Entry, Pick<Move, 'stages' | 'fetches'>>,
    provided: Provided,
  ): Move | undefined {
    let cheapest: Move | undefined;
    for (const key of keys) {
      let stages = 0;
      let fetches = 0;
      const isHad = this.#wants.collect(types, [key.selections]).every(({ want, types: of }) => {
        let best: { stages: number; fetches: number } | undefined;
        for (const [at, { stages: before, fetches: made }] of reached) {
          const field = at.type.fields.get(want.name);
          if (field === undefined || field.requires !== undefined) continue;
          if (!this.#resolves(of, from, provided, at, field)) continue;
          const providedBelow = this.#provided.below(at === from ? provided : NONE_PROVIDED, of, field);
          const cost = this.costBelow(at.subgraph, field.typeName, providedBelow, want);
          if (cost.missing.size > 0) continue;
          const way = { stages: before + cost.stages, fetches: made + cost.fetches };
          if (best === undefined || isCheaper(way, best)) best = way;
        }
        if (best === undefined) return false;
        stages = Math.max(stages, best.stages);
        fetches += best.fetches;
        return true;
      });
      if (!isHad) continue;
      const move = { key, stages: stages + 1, fetches: fetches + 1 };
      if (cheapest === undefined || isCheaper(move, cheapest)) cheapest = move;
    }
    return cheapest;
  }

  #isMetAgain(identity: string): boolean {
    const at = this.#open.get(identity);
    if (at === undefined) return false;
    this.#firstMet = Math.min(this.#firstMet, at);
    return true;
  }

  #keep<Value>(known: Map<string, Value>, key: string, find: () => Value): Value {
    const value = known.get(key);
    if (value !== undefined) return value;
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw new TooLargeError('The operation is too large to be planned');
    const before = this.#firstMet;
    this.#firstMet = Number.POSITIVE_INFINITY;
    const found = find();
    if (this.#firstMet >= this.#open.size) {
      known.set(key, found);
      this.#firstMet = before;
    } else this.#firstMet = Math.min(before, this.#firstMet);
    return found;
  }
}

function stay(entry: Entry, field: SubgraphField | undefined, cost: Cost): Option {
  return { entry, field, move: undefined, isDetour: false, cost };
}
