import type { Entry, FieldSet, SubgraphField } from '../model/federation-model.ts';

/** What it takes to fetch something, beyond what is being fetched anyway. */
export interface Cost {
  /** Leaves that cannot be fetched this way, by the types and wants that lead to them; `''` is the thing itself. */
  readonly missing: ReadonlySet<string>;
  /** Fetches that wait for each other. */
  readonly stages: number;
  readonly fetches: number;
  readonly leaves: number;
  /** The stages of all leaves, added up: of what takes as long, that is better where more comes early. */
  readonly delay: number;
}

/** One way to fetch a want. */
export interface Option {
  readonly cost: Cost;
  readonly entry: Entry;
  /** `undefined`: `__typename`. */
  readonly field: SubgraphField | undefined;
  /** How the entry is reached; `undefined`: it is where the planner stands. */
  readonly move: Move | undefined;
  /** For a place whose types nobody knows yet: the entry is an interface of a subgraph that tells them, and the want goes on from there. */
  readonly isDetour: boolean;
}

/** Entering a subgraph by a key. */
export interface Move {
  readonly key: FieldSet;
  readonly stages: number;
  readonly fetches: number;
}

export const NOTHING: ReadonlySet<string> = new Set();
export const FREE: Cost = { missing: NOTHING, stages: 0, fetches: 0, leaves: 1, delay: 0 };
export const IMPOSSIBLE: Cost = { missing: new Set(['']), stages: 0, fetches: 0, leaves: 1, delay: 0 };

/** Least missing first, then fewest stages, then fewest fetches, then least delay. */
export function compareCosts(left: Cost, right: Cost): number {
  return (
    left.missing.size - right.missing.size ||
    left.stages - right.stages ||
    left.fetches - right.fetches ||
    left.delay - right.delay
  );
}

/** The cost of all options together: one is taken, and what it misses comes from others. */
export function combineOptions(options: readonly Option[]): Cost {
  const [best, ...others] = options.toSorted((left, right) => compareCosts(left.cost, right.cost));
  if (best === undefined) return IMPOSSIBLE;
  let { missing, stages, fetches, delay } = best.cost;
  for (const { cost } of others) {
    if (missing.size === 0) break;
    const left = intersect(missing, cost.missing);
    if (left.size === missing.size) continue;
    missing = left;
    stages = Math.max(stages, cost.stages);
    fetches += cost.fetches;
    delay += cost.delay;
  }
  return { missing, stages, fetches, leaves: best.cost.leaves, delay };
}

/** What must be fetched, all of it. */
export function addAll(costs: readonly Cost[]): Cost {
  const missing = new Set<string>();
  let [stages, fetches, leaves, delay] = [0, 0, 0, 0];
  for (const cost of costs) {
    for (const id of cost.missing) missing.add(id);
    stages = Math.max(stages, cost.stages);
    fetches += cost.fetches;
    leaves += cost.leaves;
    delay += cost.delay;
  }
  return { missing, stages, fetches, leaves, delay };
}

/** The cost of something in a subgraph that has to be entered first. */
export function addMove(cost: Cost, move: Pick<Move, 'stages' | 'fetches'>): Cost {
  return {
    ...cost,
    stages: cost.stages + move.stages,
    fetches: cost.fetches + move.fetches,
    delay: cost.delay + cost.leaves * move.stages,
  };
}

export function isCheaper(left: Pick<Move, 'stages' | 'fetches'>, right: Pick<Move, 'stages' | 'fetches'>): boolean {
  return left.stages < right.stages || (left.stages === right.stages && left.fetches < right.fetches);
}

/** The name of a leaf below a want of a type. */
export function leafId(type: string, wantId: number, below: string): string {
  return below === '' ? `${type}.${wantId}` : `${type}.${wantId}>${below}`;
}

/**
 * What of `only` lies below a want of a type.
 * @param only leaves to fetch; `undefined`: all.
 * @returns `undefined`: all; empty: nothing.
 */
export function below(
  only: ReadonlySet<string> | undefined,
  type: string,
  wantId: number,
): ReadonlySet<string> | undefined {
  if (only === undefined || only.has('')) return undefined;
  const whole = leafId(type, wantId, '');
  if (only.has(whole)) return undefined;
  return new Set([...only].filter((id) => id.startsWith(`${whole}>`)).map((id) => id.slice(whole.length + 1)));
}

/** What both miss: a leaf counts as missing with all that is above it. */
export function intersect(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  if (left.size === 0 || right.size === 0) return NOTHING;
  return new Set([...[...left].filter((id) => covers(right, id)), ...[...right].filter((id) => covers(left, id))]);
}

/** Whether a set of leaves has a leaf or something above it. */
function covers(leaves: ReadonlySet<string>, id: string): boolean {
  if (leaves.has('') || leaves.has(id)) return true;
  for (let at = id.indexOf('>'); at !== -1; at = id.indexOf('>', at + 1)) if (leaves.has(id.slice(0, at))) return true;
  return false;
}
