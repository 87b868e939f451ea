import type { Subgraph } from '../subgraphs/subgraph.ts';
import { type Composition, checkSubgraph, composeSupergraph } from './compose.ts';
import { type CompositionError, formatCompositionError } from './composition-error.ts';

/** What an upstream can take part with. */
export interface Candidate {
  readonly name: string;
  readonly file: string | undefined;
  /** As it was read now; absent where it could not be read. */
  readonly live: Subgraph | undefined;
  /** Of its last good SDL; absent where there is none. */
  readonly pinned: Subgraph | undefined;
}

/** What an upstream takes part with. */
export type Part = { readonly state: 'live' | 'pinned'; readonly subgraph: Subgraph } | { readonly state: 'absent' };

export interface Selection {
  /** The supergraph; `undefined` where not even one upstream composes. */
  readonly sdl: string | undefined;
  readonly parts: ReadonlyMap<string, Part>;
  /** By upstream: why its live SDL is not used although it could be read. */
  readonly rejected: ReadonlyMap<string, readonly CompositionError[]>;
}

type Parts = Map<string, Part>;

/**
 * Finds what composes, keeping as many upstreams as it can, each as new as it can. The same candidates give the same
 * selection.
 *
 * What is invalid by itself is taken back first: from live to pinned, from pinned to absent. Where the rest does not
 * compose, the first of these that does is taken: one upstream goes back to its last good SDL; all do that can; one
 * upstream is left out. Where none does, the upstream whose absence leaves the fewest errors is left out, and so on.
 * Among equals the name decides.
 */
export function selectComposable(candidates: readonly Candidate[]): Selection {
  const sorted = candidates.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rejected = new Map<string, readonly CompositionError[]>();
  let parts: Parts = new Map(sorted.map((candidate) => [candidate.name, firstValid(candidate, rejected)]));

  let composition = composeParts(sorted, parts);
  while ('errors' in composition && [...parts.values()].some(({ state }) => state !== 'absent')) {
    const { errors } = composition;
    const next =
      firstComposable(sorted, goBackOne(sorted, parts)) ??
      firstComposable(sorted, goBackAll(sorted, parts)) ??
      firstComposable(sorted, leaveOutOne(sorted, parts)) ??
      leaveOutWorst(sorted, parts);
    for (const { name } of sorted) {
      if (parts.get(name)?.state === 'live' && next.get(name)?.state !== 'live') rejected.set(name, errors);
    }
    parts = next;
    composition = composeParts(sorted, parts);
  }
  return { sdl: 'sdl' in composition ? composition.sdl : undefined, parts, rejected };
}

/** In one line. */
export function describeRejection(errors: readonly CompositionError[]): string {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `Its SDL does not compose: ${first ? formatCompositionError(first).replace(/\s*\n\s*/g, '; ') : ''}${more}`;
}

/** The newest SDL of the upstream that is valid by itself. */
function firstValid({ name, file, live, pinned }: Candidate, rejected: Map<string, readonly CompositionError[]>): Part {
  if (live !== undefined) {
    const errors = checkSubgraph({ name, file, sdl: live.sdl, url: live.url });
    if (errors.length === 0) return { state: 'live', subgraph: live };
    rejected.set(name, errors);
  }
  const isPinnedValid = pinned !== undefined && checkSubgraph({ name, sdl: pinned.sdl, url: pinned.url }).length === 0;
  return isPinnedValid ? { state: 'pinned', subgraph: pinned } : { state: 'absent' };
}

function goBackOne(candidates: readonly Candidate[], parts: Parts): Parts[] {
  return candidates.filter((candidate) => canGoBack(candidate, parts)).map((candidate) => goBack([candidate], parts));
}

function goBackAll(candidates: readonly Candidate[], parts: Parts): Parts[] {
  const changed = candidates.filter((candidate) => canGoBack(candidate, parts));
  return changed.length > 1 ? [goBack(changed, parts)] : [];
}

function canGoBack({ name, live, pinned }: Candidate, parts: Parts): boolean {
  return parts.get(name)?.state === 'live' && pinned !== undefined && pinned.sdl !== live?.sdl;
}

function goBack(candidates: readonly Candidate[], parts: Parts): Parts {
  const changed = new Map(parts);
  for (const { name, pinned } of candidates) {
    if (pinned !== undefined) changed.set(name, { state: 'pinned', subgraph: pinned });
  }
  return changed;
}

function leaveOutOne(candidates: readonly Candidate[], parts: Parts): Parts[] {
  return candidates
    .filter(({ name }) => parts.get(name)?.state !== 'absent')
    .map(({ name }) => new Map(parts).set(name, { state: 'absent' }));
}

function leaveOutWorst(candidates: readonly Candidate[], parts: Parts): Parts {
  let fewest = Number.POSITIVE_INFINITY;
  let worst: Parts = new Map();
  for (const attempt of leaveOutOne(candidates, parts)) {
    const composition = composeParts(candidates, attempt);
    const count = 'errors' in composition ? composition.errors.length : 0;
    if (count < fewest) [fewest, worst] = [count, attempt];
  }
  return worst;
}

function firstComposable(candidates: readonly Candidate[], attempts: readonly Parts[]): Parts | undefined {
  return attempts.find((attempt) => 'sdl' in composeParts(candidates, attempt));
}

function composeParts(candidates: readonly Candidate[], parts: Parts): Composition {
  return composeSupergraph(
    candidates.flatMap(({ name, file }) => {
      const part = parts.get(name);
      if (part === undefined || part.state === 'absent') return [];
      return { name, file: part.state === 'live' ? file : undefined, sdl: part.subgraph.sdl, url: part.subgraph.url };
    }),
  );
}
