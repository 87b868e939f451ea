import type { SubgraphResult } from '../../subgraphs/subgraph.ts';
import type { EntityFetch, EntityList } from '../compile/step.ts';
import { getOwn, isJsonObject, type JsonObject } from '../own.ts';
import { Failure } from './failure.ts';
import { copyJsonObject, mergeObject } from './merge.ts';
import { placeEntityErrors } from './place-entity-errors.ts';
import { failKeys } from './place-errors.ts';
import type { Run } from './run.ts';
import type { RunEnvironment } from './run-step.ts';
import { variablesText } from './variables-text.ts';

/** The entities of one list of representations: which objects wait for which representation. */
export interface Targets {
  readonly list: EntityList;
  readonly objects: readonly JsonObject[];
  /** By object, the index of its representation. */
  readonly indexes: readonly number[];
  /** Objects before this index stand at the list's first path. */
  readonly firstPathCount: number;
  readonly representationCount: number;
}

export function runEntityFetch(fetch: EntityFetch, run: Run, environment: RunEnvironment): Promise<void> | undefined {
  const targets: Targets[] = [];
  let added = '';
  let count = 0;
  for (const list of fetch.lists) {
    let text = '';
    const collected = collectTargets(list, run, (representation) => {
      text += text === '' ? representation : `,${representation}`;
    });
    targets.push(collected);
    count += collected.representationCount;
    added += `${added === '' ? '' : ','}${list.variableText}[${text}]`;
  }
  if (count === 0) return undefined;
  const variables = variablesText(fetch.variableNames, run.variables, added);
  const sent = environment.send(fetch.subgraph, fetch.operation, variables, run.context);
  if (sent instanceof Promise) return sent.then((result) => receive(fetch, targets, run, environment, result));
  receive(fetch, targets, run, environment, sent);
  return undefined;
}

function collectTargets(list: EntityList, run: Run, add: (representation: string) => void): Targets {
  const found: JsonObject[] = [];
  const objects: JsonObject[] = [];
  const indexes: number[] = [];
  const known = new Map<string, number>();
  let firstPathCount = 0;
  for (let at = 0; at < list.paths.length; at++) {
    const from = found.length;
    list.paths[at]?.collect(run.data, found);
    for (let next = from; next < found.length; next++) {
      const object = found[next] as JsonObject;
      const representation = list.representation.write(object);
      if (representation === undefined) {
        if (run.records !== undefined) passFailureOn(list, object);
        continue;
      }
      let index = known.get(representation);
      if (index === undefined) {
        index = known.size;
        known.set(representation, index);
        add(representation);
      }
      objects.push(object);
      indexes.push(index);
    }
    if (at === 0) firstPathCount = objects.length;
  }
  return { list, objects, indexes, firstPathCount, representationCount: known.size };
}

/** What depends on a failed field fails as it did. */
function passFailureOn(list: EntityList, object: JsonObject): void {
  const failure = list.representation.findFailure(object);
  if (failure === undefined) return;
  failKeys(object, list.answerKeys, typenameOf(object), [], failure.record);
}

function receive(
  fetch: EntityFetch,
  targets: readonly Targets[],
  run: Run,
  environment: RunEnvironment,
  result: SubgraphResult,
): void {
  const data = isJsonObject(result.data) ? result.data : undefined;
  const answers = targets.map(({ list }) => {
    const answer: unknown = data === undefined ? undefined : getOwn(data, list.responseKey);
    return Array.isArray(answer) ? (answer as unknown[]) : undefined;
  });
  const isUnusable = targets.some(
    ({ representationCount }, at) => representationCount > 0 && answers[at]?.length !== representationCount,
  );
  if ((Array.isArray(result.errors) && result.errors.length > 0) || isUnusable) {
    placeEntityErrors(fetch, targets, answers, run, result.errors ?? []);
  }
  targets.forEach((target, at) => {
    const answer = answers[at];
    if (answer !== undefined) spread(target, answer, environment.objectTypes);
  });
}

/** Gives each object what the subgraph says of it. */
function spread(target: Targets, answer: readonly unknown[], objectTypes: ReadonlySet<string>): void {
  const { list, objects, indexes, firstPathCount } = target;
  if (list.outputRewrites !== undefined) {
    for (const entity of answer) if (isJsonObject(entity)) list.outputRewrites.apply(entity);
  }
  for (let at = 0; at < objects.length; at++) {
    const entity = answer[indexes[at] as number];
    if (!isJsonObject(entity) || entity instanceof Failure) continue;
    // What is fetched later may differ from path to path: nested objects must not be shared between them.
    mergeObject(objects[at] as JsonObject, at < firstPathCount ? entity : copyJsonObject(entity), objectTypes);
  }
}

export function typenameOf(object: JsonObject): string | undefined {
  return typeof object.__typename === 'string' ? object.__typename : undefined;
}
