import type { Entry } from '../model/federation-model.ts';
import { type Cost, intersect, type Option } from './cost.ts';

/** One of the ways that a want is fetched. */
export interface Pick {
  readonly option: Option;
  /** Leaves to fetch this way; `undefined`: all that can be. */
  readonly only: ReadonlySet<string> | undefined;
}

/**
 * Picks the best option, and more for what it misses.
 * @param only leaves to fetch; `undefined`: all.
 * @param isEntered whether a fetch from the entry is made anyway: of options that take as long, such a one is preferred.
 */
export function pickOptions(
  options: readonly Option[],
  only: ReadonlySet<string> | undefined,
  isEntered: (entry: Entry) => boolean,
): readonly Pick[] {
  const picks: Pick[] = [];
  let rest = only;
  let left = options;
  while (left.length > 0 && rest?.size !== 0) {
    const wanted = rest;
    const missed = ({ missing }: Cost): number => (wanted === undefined ? missing : intersect(wanted, missing)).size;
    const saved = ({ entry, move }: Option): number => (isEntered(entry) ? (move?.fetches ?? 1) : 0);
    const [best] = left.toSorted(
      (one, other) =>
        missed(one.cost) - missed(other.cost) ||
        one.cost.stages - other.cost.stages ||
        one.cost.fetches - saved(one) - (other.cost.fetches - saved(other)) ||
        one.cost.delay - other.cost.delay,
    );
    if (best === undefined || (picks.length > 0 && missed(best.cost) === wanted?.size)) break;
    picks.push({ option: best, only: wanted });
    rest = wanted === undefined ? best.cost.missing : intersect(wanted, best.cost.missing);
    left = left.filter((option) => option !== best);
  }
  return picks;
}
