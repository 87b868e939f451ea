import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { coerceVariables } from '../planner/coerce-variables.ts';
import { drawPlan } from '../planner/draw-plan.ts';
import { normaliserOf } from '../planner/normalise.ts';
import { printPlan } from '../planner/print-plan.ts';
import { createQueryPlanner } from '../planner/query-planner.ts';
import { composeOffline } from '../server/compose-offline.ts';
import { readSupergraph, type Supergraph } from '../supergraph/supergraph.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

export interface ExplainOptions extends ConfigOptions {
  readonly operation?: string;
  readonly variables?: string;
  readonly format: 'text' | 'json' | 'mermaid';
}

/** `weir explain FILE` */
export async function explain(
  file: string,
  { operation: name, variables, format, ...options }: ExplainOptions,
): Promise<void> {
  const { apiSchema, sdl } = await readGraph(options);
  const document = parse(await readFile(file, 'utf8'));
  const errors = validate(apiSchema, document);
  if (errors.length > 0) return refuse(errors.map((error) => `${file}: ${error.toString()}`).join('\n'));
  const normaliser = normaliserOf(apiSchema, document, name);
  const coerced = coerceVariables(apiSchema, normaliser.definition, JSON.parse(variables ?? '{}'));
  if (coerced.errors !== undefined) return refuse(coerced.errors.map(({ message }) => message).join('\n'));
  const operation = normaliser.apply(coerced.variables);
  if (operation.isEmpty) return write('The conditions leave nothing to select: answered {} without a plan');
  const planned = await createQueryPlanner(sdl).plan(operation);
  if ('failure' in planned) {
    const { message, cause } = planned.failure;
    return refuse(
      `The stitch engine runs this operation: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}`,
    );
  }
  const { plan, planner } = planned;
  switch (format) {
    case 'text':
      return write(`${printPlan(plan)}\nPlanner: ${planner}`);
    case 'json':
      return write(JSON.stringify({ ...plan, planner }, null, 2));
    case 'mermaid':
      return write(`${drawPlan(plan)}\n%% planner: ${planner}`);
  }
}

async function readGraph(options: ConfigOptions): Promise<Supergraph> {
  const { supergraph } = options;
  if (supergraph !== undefined && !/^https?:/.test(supergraph))
    return readSupergraph(await readFile(supergraph, 'utf8'));
  const { config, files } = await readConfigOrExit(options);
  const { source } = config.supergraph;
  if (source === undefined) return composeOffline(options.config ?? (files[0] as string));
  return readSupergraph(/^https?:/.test(source) ? await (await fetch(source)).text() : await readFile(source, 'utf8'));
}

function write(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

function refuse(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
