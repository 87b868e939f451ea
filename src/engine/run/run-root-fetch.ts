import type { SubgraphError, SubgraphResult } from '../../subgraphs/subgraph.ts';
import type { RootFetch } from '../compile/step.ts';
import { isJsonObject, type JsonObject } from '../own.ts';
import { errorsOf, pathOf } from './errors-of.ts';
import { type Path, toClientPath, unusableAnswer } from './failure.ts';
import { mergeObject } from './merge.ts';
import { failKeys, placeFailure } from './place-errors.ts';
import type { Run } from './run.ts';
import type { RunEnvironment } from './run-step.ts';
import { send } from './send.ts';
import { variablesText } from './variables-text.ts';

export function runRootFetch(fetch: RootFetch, run: Run, environment: RunEnvironment): Promise<void> | undefined {
  const variables = variablesText(fetch.variableNames, run.variables, '');
  const sent = send(fetch.subgraph, fetch.operation, variables, run.context);
  if (sent instanceof Promise) return sent.then((result) => receive(fetch, run, environment, result));
  receive(fetch, run, environment, sent);
  return undefined;
}

function receive(fetch: RootFetch, run: Run, environment: RunEnvironment, result: SubgraphResult): void {
  run.collected = undefined;
  const data = isJsonObject(result.data) ? result.data : undefined;
  const errors = errorsOf(result);
  const answer: JsonObject = data ?? {};
  if (errors.length > 0) for (const error of errors) placeError(fetch, run, answer, data !== undefined, error);
  else if (data === undefined) {
    placeError(fetch, run, answer, false, unusableAnswer('The answer to a root fetch has no data and no errors'));
  }
  fetch.outputRewrites?.apply(answer);
  mergeObject(run.data, answer, environment.objectTypes);
}

function placeError(fetch: RootFetch, run: Run, answer: JsonObject, hasData: boolean, error: SubgraphError): void {
  const path: Path = pathOf(error);
  const rename = (given: Path): Path => fetch.outputRewrites?.renamePath(given) ?? given;
  run.hasFailures = true;
  // Only an error with a path can be about less than the whole fetch.
  const isPlaced =
    hasData && path.length > 0
      ? placeFailure(answer, path, rename(path), error)
      : failKeys(answer, fetch.answerKeys, undefined, path, error);
  if (!isPlaced) run.report(error, path.length === 0 ? undefined : toClientPath(rename(path)));
}
