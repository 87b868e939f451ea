import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { readSubgraphs } from '../server/read-subgraphs.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { formatCompositionErrors } from './format-composition-errors.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

export interface ComposeOptions extends ConfigOptions {
  readonly check?: boolean;
  readonly offline?: boolean;
}

/** `weir compose` */
export async function compose({ check, offline, ...options }: ComposeOptions): Promise<void> {
  const { config } = await readConfigOrExit(options);
  const { subgraphs, failures } = await readSubgraphs(config, { offline: offline ?? false });
  for (const [name, reason] of failures) process.stderr.write(`Cannot read upstream "${name}": ${reason}\n`);
  if (failures.size > 0) return fail();

  const composition = composeSupergraph(subgraphs.map(({ subgraph, ...place }) => ({ ...subgraph, ...place })));
  if ('errors' in composition) {
    process.stderr.write(formatCompositionErrors(composition.errors));
    return fail();
  }
  for (const hint of composition.hints) process.stderr.write(`Note: ${hint}\n`);
  if (!check) {
    process.stdout.write(composition.sdl);
    return;
  }
  const { snapshot } = config.supergraph;
  const committed = await readFile(snapshot, 'utf8').catch(() => undefined);
  if (committed === composition.sdl) return;
  const name = relative(process.cwd(), snapshot);
  const state =
    committed === undefined ? `There is no "${name}"` : `"${name}" differs from what the upstreams compose to`;
  process.stderr.write(`${state}. Write it with \`weir compose > ${name}\`\n`);
  fail();
}

function fail(): void {
  process.exitCode = 1;
}
