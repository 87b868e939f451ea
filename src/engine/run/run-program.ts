import type { RequestContext } from '../../edge/request-context.ts';
import type { EngineResponse } from '../../planner/engine.ts';
import type { Program } from '../program.ts';
import { Run } from './run.ts';
import { type RunEnvironment, runStep } from './run-step.ts';
import { settleErrors } from './settle-errors.ts';

/** Runs a program for one request. Never rejects for what an upstream does. */
export function runProgram(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  environment: RunEnvironment,
): Promise<EngineResponse> | EngineResponse {
  const run = new Run(variables, context);
  if (program.introspect !== undefined) run.introspection = program.introspect(variables);
  const waiting = program.step && runStep(program.step, run, environment);
  return waiting === undefined ? respond(program, run) : waiting.then(() => respond(program, run));
}

function respond(program: Program, run: Run): EngineResponse {
  const dataText = program.write(run, run.data);
  settleErrors(run, dataText);
  return run.errors === undefined ? { dataText } : { dataText, errors: run.errors };
}
