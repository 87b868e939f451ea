import { findNearest } from '../nearest.ts';
import type { Place } from './place.ts';

/** A name that the config gives to something. */
export interface GivenName {
  readonly name: string;
  /** Where it is written; `undefined`: it is a default. */
  readonly place: Place | undefined;
}

/**
 * The way out of a name that nothing has: the nearest one that something has, or all of them. What comes from the environment is not
 * shown.
 * @param place Where the wrong name is written.
 * @param otherwise The way out where there is no name to show.
 */
export function suggestName(name: string, place: Place, given: readonly GivenName[], otherwise: string): string {
  const shown = given.filter((each) => each.place?.isSecret !== true).map((each) => each.name);
  if (shown.length === 0) return otherwise;
  // That one name is near to another tells much of it.
  const nearest = place.isSecret ? undefined : findNearest(name, shown);
  return nearest === undefined ? `Use one of: ${shown.join(', ')}` : `Did you mean "${nearest}"?`;
}
