/** The candidate that `name` most likely meant; `undefined` where none is close (more than a third of the letters differ). */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `Did you mean "x"?`, or the candidates themselves where none is close. */
export function suggestName(name: string, candidates: Iterable<string>): string {
  const names = [...candidates];
  const closest = closestName(name, names);
  if (closest !== undefined) return `Did you mean "${closest}"?`;
  if (names.length === 0) return 'There is none to choose from.';
  const shown = names.slice(0, 10).map((candidate) => `"${candidate}"`);
  return `There is ${shown.join(', ')}${names.length > shown.length ? ' and more' : ''}.`;
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[to.length] ?? 0;
}
