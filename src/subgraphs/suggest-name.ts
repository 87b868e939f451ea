import { findNearest } from '../nearest.ts';

/** Names that are shown where none is near. */
const MAX_SHOWN = 10;

/** `Did you mean "x"?`, or the candidates themselves where none is near. */
export function suggestName(name: string, names: Iterable<string>): string {
  const candidates = [...names];
  const nearest = findNearest(name, candidates);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  if (candidates.length === 0) return 'There is none to choose from.';
  const shown = candidates.slice(0, MAX_SHOWN).map((candidate) => `"${candidate}"`);
  return `There is ${shown.join(', ')}${candidates.length > shown.length ? ' and more' : ''}.`;
}
