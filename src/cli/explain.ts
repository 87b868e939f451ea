import { readFile } from 'node:fs/promises';
import { Kind, parse, Source, validate } from 'graphql';
import type { Config } from '../config/config.ts';
import { createExaminer, type Examination } from '../graphql/examine-operation.ts';
import type { FieldAuth } from '../graphql/field-auth/field-auth.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { openFieldAuth } from '../graphql/open-field-auth.ts';
import { coerceVariables } from '../planner/coerce-variables.ts';
import { drawPlan } from '../planner/draw-plan.ts';
import { normaliserOf } from '../planner/normalise.ts';
import type { Operation } from '../planner/operation.ts';
import { printPlan } from '../planner/print-plan.ts';
import { composeOffline } from '../server/compose-offline.ts';
import { readSupergraph, type Supergraph } from '../supergraph/supergraph.ts';
import { describeExamination } from './operations/describe-examination.ts';
import { describeProtections } from './operations/describe-protections.ts';
import { soleDocument } from './operations/sole-document.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

export interface ExplainOptions extends ConfigOptions {
  readonly operation?: string;
  readonly variables?: string;
  /** JSON of the client; default: it is anonymous. */
  readonly identity?: string;
  readonly format: 'text' | 'json' | 'mermaid';
}

/** `weir explain FILE` */
export async function explain(
  file: string,
  { operation: name, variables, identity, format, ...options }: ExplainOptions,
): Promise<void> {
  const { supergraph, config } = await readGraph(options);
  const { apiSchema } = supergraph;
  const document = parse(new Source(await readFile(file, 'utf8'), file));
  const errors = validate(apiSchema, document);
  if (errors.length > 0) return refuse(errors.map((error) => `${file}: ${error.toString()}`).join('\n'));
  const normaliser = normaliserOf(apiSchema, document, name);
  const coerced = coerceVariables(apiSchema, normaliser.definition, JSON.parse(variables ?? '{}'));
  if (coerced.errors !== undefined) return refuse(coerced.errors.map(({ message }) => message).join('\n'));
  const operation = normaliser.apply(coerced.variables);
  if (operation.isEmpty) return write('The conditions leave nothing to select: answered {} without a plan');
  const fragments = new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
  const sole = soleDocument(normaliser.definition, (spread) => fragments.get(spread.name.value));
  const examination = await createExaminer(supergraph, config)(sole, operation, coerced.variables);
  const plugins = await loadPlugins(config.plugins, config.directory);
  const auth = openFieldAuth(supergraph, { config, plugins });
  const facts = [
    describeExamination(examination, config.graphql.limits),
    await describeProtections(auth, operation, JSON.parse(identity ?? 'null')),
  ];
  write(await print(format, examination, facts, auth, operation));
}

async function print(
  format: ExplainOptions['format'],
  examination: Examination,
  facts: readonly string[],
  auth: FieldAuth,
  operation: Operation,
): Promise<string> {
  const { planned, engine, declined, cost, measures, beyond } = examination;
  switch (format) {
    case 'text':
      return [planned === undefined ? 'No plan' : printPlan(planned.plan), ...facts].join('\n\n');
    case 'mermaid': {
      const comments = facts.flatMap((text) => text.trimEnd().split('\n')).map((line) => `%% ${line}`);
      return [planned === undefined ? 'flowchart TD' : drawPlan(planned.plan), ...comments].join('\n');
    }
    case 'json': {
      const protections = auth.protectionsOf(operation);
      const asks = protections?.fields.map(({ path, demand }) => ({ path, ...protections.demands[demand] })) ?? [];
      const { calls, plan, planner } = planned ?? {};
      return JSON.stringify({ engine, planner, declined, ...calls, cost, ...measures, beyond, asks, plan }, null, 2);
    }
  }
}

async function readGraph(
  options: ConfigOptions,
): Promise<{ readonly supergraph: Supergraph; readonly config: Config }> {
  const { config, files } = await readConfigOrExit(options);
  const { source } = config.supergraph;
  if (source === undefined) return { config, supergraph: await composeOffline(options.config ?? (files[0] as string)) };
  const sdl = /^https?:/.test(source) ? await (await fetch(source)).text() : await readFile(source, 'utf8');
  return { config, supergraph: readSupergraph(sdl) };
}

function write(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

function refuse(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
