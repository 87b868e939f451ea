import type { SubgraphError } from '../../subgraphs/subgraph.ts';
import type { EntityList } from '../compile/step.ts';
import { isJsonObject, type JsonObject } from '../own.ts';
import { type Targets, typenameOf } from './collect-targets.ts';
import { pathOf } from './errors-of.ts';
import { type Path, toClientPath, unusableAnswer } from './failure.ts';
import { failKeys, placeFailure } from './place-errors.ts';
import type { Run } from './run.ts';

/** Marks what the list would have told of the object. @returns whether any of it was not failed before. */
type FailObject = (list: EntityList, object: JsonObject, path: Path, error: SubgraphError) => boolean;

/**
 * Places the errors of an entity fetch: one that names an entity at each place where the entity stands, one that names none
 * at every entity that came back null.
 */
export function placeEntityErrors(
  targets: readonly Targets[],
  answers: readonly (unknown[] | undefined)[],
  run: Run,
  errors: readonly SubgraphError[],
  objectTypes: ReadonlySet<string>,
): void {
  run.hasFailures = true;
  const fail: FailObject = (list, object, path, error) => {
    const typename = typenameOf(object);
    const isUntold = typename !== undefined && !objectTypes.has(typename) && list.answerKeys.asksType(typename);
    if (isUntold && !run.untold?.has(object)) run.untold = (run.untold ?? new Map()).set(object, error);
    return failKeys(object, list.answerKeys, typename, path, error) || isUntold;
  };

  for (const error of errors) {
    const path = pathOf(error);
    const at = targets.findIndex(({ list }) => list.responseKey === path[0]);
    const target = targets[at];
    const index = path[1];
    if (target !== undefined && typeof index === 'number') {
      placeEntityError(target, answers[at], index, path.slice(2), run, error, fail);
      continue;
    }
    const failed = target === undefined ? targets : [target];
    const hasFailed = failed.map((one) => failMissing(one, answers[targets.indexOf(one)], error, fail));
    if (!hasFailed.includes(true)) run.report(error, undefined);
  }
  targets.forEach((target, at) => {
    const answer = answers[at];
    if (target.representationCount === 0 || answer?.length === target.representationCount) return;
    // Which entity an item of a list of the wrong length is about cannot be known.
    answer?.fill(null);
    if (errors.length > 0) return;
    const message = 'The answer to an entity fetch does not have one item per representation';
    failMissing(target, undefined, unusableAnswer(message), fail);
  });
}

function placeEntityError(
  target: Targets,
  answer: unknown[] | undefined,
  index: number,
  path: Path,
  run: Run,
  error: SubgraphError,
  fail: FailObject,
): void {
  const entity = answer?.[index];
  const renamed = target.list.outputRewrites?.renamePath(path) ?? path;
  if (isJsonObject(entity) && path.length > 0) {
    if (!placeFailure(entity, path, renamed, error)) reportAtEachPlace(target, index, renamed, run, error);
    return;
  }
  for (const object of objectsOf(target, index)) fail(target.list, object, renamed, error);
}

/** @returns whether any field of a missing entity was not failed before. */
function failMissing(
  target: Targets,
  answer: readonly unknown[] | undefined,
  error: SubgraphError,
  fail: FailObject,
): boolean {
  let hasFailed = false;
  target.objects.forEach((object, at) => {
    if (isJsonObject(answer?.[target.indexes[at] as number])) return;
    if (fail(target.list, object, [], error)) hasFailed = true;
  });
  return hasFailed;
}

/** An error about data that is there: nothing in the answer would say it. */
function reportAtEachPlace(target: Targets, index: number, path: Path, run: Run, error: SubgraphError): void {
  const objects = new Set(objectsOf(target, index));
  for (const entityPath of target.list.selection.paths) {
    entityPath.locate(run.data, (object, place) => {
      if (objects.has(object)) run.report(error, toClientPath([...place, ...path]));
    });
  }
}

function objectsOf(target: Targets, index: number): readonly JsonObject[] {
  return target.objects.filter((_, at) => target.indexes[at] === index);
}
