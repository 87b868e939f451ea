import type { Step } from './step.ts';

type Fetch = Extract<Step, { readonly kind: 'root' | 'entities' }>;

/**
 * Lets parts of a query that have nothing to do with each other run on their own. Plans go by stages: what is fetched under one root field
 * would wait for the slowest fetch of the stage before, whatever that is for.
 * @returns the step itself where its parts belong together.
 */
export function splitIndependent(step: Step): Step {
  const fetches: Fetch[] = [];
  if (!collectFetches(step, fetches)) return step;
  const partOf = new Map<string, Fetch[]>();
  for (const fetch of fetches) {
    const keys = rootKeysOf(fetch);
    if (keys === undefined) return step;
    // A fetch for several root fields ties them together.
    const joined = new Set([fetch, ...keys.flatMap((key) => partOf.get(key) ?? [])]);
    const part = [...joined];
    for (const member of part) for (const key of rootKeysOf(member) ?? []) partOf.set(key, part);
  }
  const parts = [...new Set(partOf.values())];
  if (parts.length < 2) return step;
  return { kind: 'parallel', steps: parts.flatMap((part) => pick(step, new Set(part)) ?? []) };
}

/** @returns false: a condition decides what is run, and the plan stays as it is. */
function collectFetches(step: Step, into: Fetch[]): boolean {
  switch (step.kind) {
    case 'root':
    case 'entities':
      into.push(step);
      return true;
    case 'sequence':
    case 'parallel':
      return step.steps.every((child) => collectFetches(child, into));
    case 'condition':
      return false;
  }
}

/** The root fields whose data the fetch reads or writes; `undefined`: not known. */
function rootKeysOf(fetch: Fetch): readonly string[] | undefined {
  if (fetch.kind === 'root')
    return fetch.outputRewrites === undefined ? fetch.answerKeys.keysFor(undefined) : undefined;
  const keys = fetch.lists.flatMap(({ selection }) => selection.paths.map(({ rootKey }) => rootKey));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

/** The step with the fetches of one part only; their order stays. */
function pick(step: Step, part: ReadonlySet<Step>): Step | undefined {
  if (step.kind !== 'sequence' && step.kind !== 'parallel') return part.has(step) ? step : undefined;
  const steps = step.steps.flatMap((child) => pick(child, part) ?? []);
  return steps.length > 1 ? { kind: step.kind, steps } : steps[0];
}
