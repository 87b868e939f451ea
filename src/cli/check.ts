import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { graphUpstreamsOf } from '../config/graph-upstreams.ts';
import { hasScheme } from '../config/schema/path.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { fieldAuthProblems, openFieldAuth } from '../graphql/open-field-auth.ts';
import { checkRoutes } from '../proxy/check-routes.ts';
import { readSubgraphs } from '../server/read-subgraphs.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { readSupergraph, type Supergraph } from '../supergraph/supergraph.ts';
import { formatCompositionErrors } from './format-composition-errors.ts';
import { checkOperations } from './operations/check-operations.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

export interface CheckOptions extends ConfigOptions {
  /** Patterns of files with operations. */
  readonly operations?: readonly string[];
}

/** `weir check` */
export async function check({ operations, ...options }: CheckOptions): Promise<void> {
  const { config, files } = await readConfigOrExit(options);
  const { isWrong, supergraph } = await checkGraph(config);
  const areRoutesWrong = await checkRoutesOf(config, files[0] ?? config.directory, supergraph);
  if (isWrong || areRoutesWrong) return fail();
  const composed = supergraph === undefined ? '' : ', and the schemas compose';
  if (operations === undefined) return write(`${files.length} files are in order${composed}\n`);
  if (supergraph === undefined) return fail('The operations are not checked: the graph is not whole\n');
  const { table, errors, notes } = await checkOperations(operations, process.cwd(), supergraph, config);
  write(table);
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
  for (const error of errors) process.stderr.write(`${error}\n`);
  if (errors.length > 0) fail();
}

interface CheckedGraph {
  readonly isWrong: boolean;
  /** `undefined`: an upstream is missing, or the schemas do not compose. */
  readonly supergraph?: Supergraph;
}

/** Prints all that is wrong with schemas, their composition, and the rules that they and the config have. */
async function checkGraph(config: Config): Promise<CheckedGraph> {
  const { subgraphs, failures } = await readSubgraphs(config, { offline: true });
  let isWrong = false;
  for (const upstream of graphUpstreamsOf(config)) {
    const reason = failures.get(upstream.name);
    if (reason === undefined) continue;
    if (upstream.schema === undefined) {
      process.stderr.write(`Note: upstream "${upstream.name}" is not checked: ${reason}\n`);
      continue;
    }
    isWrong = true;
    process.stderr.write(`${reason}\n`);
  }
  // Without an upstream that is left out, composition would complain of what only that one has.
  if (failures.size > 0 || subgraphs.length === 0) return { isWrong };
  const composition = composeSupergraph(subgraphs.map(({ subgraph, ...place }) => ({ ...subgraph, ...place })));
  if ('errors' in composition) {
    process.stderr.write(formatCompositionErrors(composition.errors));
    return { isWrong: true };
  }
  const supergraph = readSupergraph(composition.sdl);
  const problems = await findFieldAuthProblems(supergraph, config);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return { isWrong: isWrong || problems.length > 0, supergraph };
}

/** Prints what is wrong with the documents, functions and golden pairs of routes. @returns whether anything is. */
async function checkRoutesOf(config: Config, file: string, composed: Supergraph | undefined): Promise<boolean> {
  const { source } = config.supergraph;
  let served = composed;
  if (source !== undefined) {
    // What is composed from files here is not what is served.
    served = hasScheme(source) ? undefined : await readSupplied(source);
  }
  if (served === undefined && config.routes.some(({ document }) => document !== undefined)) {
    process.stderr.write('Note: documents of routes are checked without the schema: it is not known here\n');
  }
  const errors = await checkRoutes(config, served?.apiSchema, file);
  if (errors.length > 0) process.stderr.write(formatConfigErrors(errors, process.cwd()));
  return errors.length > 0;
}

async function findFieldAuthProblems(supergraph: Supergraph, config: Config): Promise<readonly string[]> {
  try {
    const plugins = await loadPlugins(config.plugins, config.directory);
    return fieldAuthProblems(openFieldAuth(supergraph, { config, plugins }));
  } catch (error) {
    // A plugin that cannot be loaded, or a policy with two definitions: the message says it.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** @returns `undefined` where the file has no supergraph: that is told by what serves it. */
async function readSupplied(file: string): Promise<Supergraph | undefined> {
  return readFile(file, 'utf8')
    .then(readSupergraph)
    .catch(() => undefined);
}

function write(text: string): void {
  process.stdout.write(text);
}

function fail(text = ''): void {
  process.stderr.write(text);
  process.exitCode = 1;
}
