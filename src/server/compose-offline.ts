import { formatConfigErrors } from '../config/config-error.ts';
import { readConfig } from '../config/read-config.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * The supergraph of a config from its schema files and last good schemas, without a network: for codegen and tests.
 * @param file gateway.yaml or its like.
 * @throws {Error} with everything that is wrong.
 */
export async function composeOffline(file: string, env: NodeJS.ProcessEnv = process.env): Promise<Supergraph> {
  // Programs that embed a gateway with routes alone have no use for them.
  const [{ readSubgraphs }, { composeSupergraph }, { readSupergraph }] = await Promise.all([
    import('./read-subgraphs.ts'),
    import('../supergraph/compose.ts'),
    import('../supergraph/supergraph.ts'),
  ]);
  const { config, errors } = await readConfig({ file, env });
  if (errors !== undefined) throw new Error(formatConfigErrors(errors, process.cwd()));
  const { subgraphs, failures } = await readSubgraphs(config, { offline: true });
  if (failures.size > 0)
    throw new Error([...failures].map(([name, reason]) => `Upstream "${name}": ${reason}`).join('\n'));
  const composition = composeSupergraph(subgraphs.map(({ subgraph, ...place }) => ({ ...subgraph, ...place })));
  if ('errors' in composition)
    throw new Error(composition.errors.map(({ message, hint }) => `${message} (${hint})`).join('\n'));
  return readSupergraph(composition.sdl);
}
