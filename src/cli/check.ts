import type { Config } from '../config/config.ts';
import { graphUpstreamsOf } from '../config/graph-upstreams.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { fieldAuthProblems, openFieldAuth } from '../graphql/open-field-auth.ts';
import { readSubgraphs } from '../server/read-subgraphs.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { readSupergraph } from '../supergraph/supergraph.ts';
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
  const { isWrong, sdl } = await checkGraph(config);
  if (isWrong) return fail();
  const composed = sdl === undefined ? '' : ', and the schemas compose';
  if (operations === undefined) return write(`${files.length} files are in order${composed}\n`);
  if (sdl === undefined) return fail('The operations are not checked: the graph is not whole\n');
  const { table, errors, notes } = await checkOperations(operations, process.cwd(), readSupergraph(sdl), config);
  write(table);
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
  for (const error of errors) process.stderr.write(`${error}\n`);
  if (errors.length > 0) fail();
}

interface CheckedGraph {
  readonly isWrong: boolean;
  /** `undefined`: an upstream is missing, or the schemas do not compose. */
  readonly sdl?: string;
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
  const problems = await findFieldAuthProblems(composition.sdl, config);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return { isWrong: isWrong || problems.length > 0, sdl: composition.sdl };
}

async function findFieldAuthProblems(sdl: string, config: Config): Promise<readonly string[]> {
  try {
    const plugins = await loadPlugins(config.plugins, config.directory);
    return fieldAuthProblems(openFieldAuth(readSupergraph(sdl), { config, plugins }));
  } catch (error) {
    // A plugin that cannot be loaded, or a policy with two definitions: the message says it.
    return [error instanceof Error ? error.message : String(error)];
  }
}

function write(text: string): void {
  process.stdout.write(text);
}

function fail(text = ''): void {
  process.stderr.write(text);
  process.exitCode = 1;
}
