import type { SubgraphResult } from '../../subgraphs/subgraph.ts';
import type { EntityFetch } from '../compile/step.ts';
import { getOwn, isJsonObject, type JsonObject } from '../own.ts';
import { collectTargets, type Targets } from './collect-targets.ts';
import { errorsOf } from './errors-of.ts';
import { Failure } from './failure.ts';
import { copyJsonObject, mergeObject } from './merge.ts';
import { placeEntityErrors } from './place-entity-errors.ts';
import type { Run } from './run.ts';
import type { RunEnvironment } from './run-step.ts';
import { send } from './send.ts';
import { variablesText } from './variables-text.ts';

export function runEntityFetch(fetch: EntityFetch, run: Run, environment: RunEnvironment): Promise<void> | undefined {
  const targets: Targets[] = [];
  let added = '';
  let count = 0;
  for (const list of fetch.lists) {
    const collected = collectTargets(list, run);
    targets.push(collected);
    count += collected.representationCount;
    added += `${added === '' ? '' : ','}${list.variableText}[${collected.text}]`;
  }
  if (count === 0) return undefined;
  const variables = variablesText(fetch.variableNames, run.variables, added);
  const sent = send(fetch.subgraph, fetch.operation, variables, run.context);
  if (sent instanceof Promise) return sent.then((result) => receive(targets, run, environment, result));
  receive(targets, run, environment, sent);
  return undefined;
}

function receive(targets: readonly Targets[], run: Run, environment: RunEnvironment, result: SubgraphResult): void {
  run.collected = undefined;
  const data = isJsonObject(result.data) ? result.data : undefined;
  const answers = targets.map(({ list }) => {
    const answer: unknown = data === undefined ? undefined : getOwn(data, list.responseKey);
    return Array.isArray(answer) ? (answer as unknown[]) : undefined;
  });
  const isUnusable = targets.some(
    ({ representationCount }, at) => representationCount > 0 && answers[at]?.length !== representationCount,
  );
  const errors = errorsOf(result);
  if (errors.length > 0 || isUnusable) placeEntityErrors(targets, answers, run, errors, environment.objectTypes);
  targets.forEach((target, at) => {
    const answer = answers[at];
    if (answer !== undefined) spread(target, answer, run, environment.objectTypes);
  });
}

/** Gives each object what the subgraph says of it. */
function spread(target: Targets, answer: readonly unknown[], run: Run, objectTypes: ReadonlySet<string>): void {
  const { list, objects, indexes, firstPathCount } = target;
  if (list.outputRewrites !== undefined) {
    for (const entity of answer) if (isJsonObject(entity)) list.outputRewrites.apply(entity);
  }
  for (let at = 0; at < objects.length; at++) {
    const entity = answer[indexes[at] as number];
    if (!isJsonObject(entity) || entity instanceof Failure) {
      run.missing ??= new Set();
      run.missing.add(objects[at] as JsonObject);
      continue;
    }
    // What is fetched later may differ from path to path: nested objects must not be shared between them.
    mergeObject(objects[at] as JsonObject, at < firstPathCount ? entity : copyJsonObject(entity), objectTypes);
  }
}
