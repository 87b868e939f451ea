import type { Step } from '../compile/step.ts';
import type { Run } from './run.ts';
import { runEntityFetch } from './run-entity-fetch.ts';
import { runRootFetch } from './run-root-fetch.ts';

/** What all runs of an engine share. */
export interface RunEnvironment {
  /** Names of the supergraph's object types. */
  readonly objectTypes: ReadonlySet<string>;
}

/** Runs a step to its end; `undefined`: it needed no waiting. Never rejects for what an upstream does. */
export function runStep(step: Step, run: Run, environment: RunEnvironment): Promise<void> | undefined {
  switch (step.kind) {
    case 'root':
      return runRootFetch(step, run, environment);
    case 'entities':
      return runEntityFetch(step, run, environment);
    case 'sequence':
      return runSequence(step.steps, 0, run, environment);
    case 'parallel':
      return runParallel(step.steps, run, environment);
    case 'condition': {
      const branch = run.variables[step.variable] === true ? step.whenTrue : step.whenFalse;
      return branch && runStep(branch, run, environment);
    }
  }
}

function runSequence(
  steps: readonly Step[],
  from: number,
  run: Run,
  environment: RunEnvironment,
): Promise<void> | undefined {
  for (let at = from; at < steps.length; at++) {
    const waiting = runStep(steps[at] as Step, run, environment);
    if (waiting !== undefined) return waiting.then(() => runSequence(steps, at + 1, run, environment));
  }
  return undefined;
}

function runParallel(steps: readonly Step[], run: Run, environment: RunEnvironment): Promise<void> | undefined {
  let waiting: Promise<void>[] | undefined;
  for (const step of steps) {
    const started = runStep(step, run, environment);
    if (started === undefined) continue;
    if (waiting === undefined) waiting = [started];
    else waiting.push(started);
  }
  if (waiting === undefined) return undefined;
  return waiting.length === 1 ? waiting[0] : Promise.all(waiting).then(() => undefined);
}
