import { graphUpstreamsOf } from '../config/graph-upstreams.ts';
import { readSubgraphs } from '../server/read-subgraphs.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { formatCompositionErrors } from './format-composition-errors.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

/** `weir check` */
export async function check(options: ConfigOptions): Promise<void> {
  const { config, files } = await readConfigOrExit(options);
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
  const isWhole = failures.size === 0 && subgraphs.length > 0;
  if (isWhole) {
    const composition = composeSupergraph(subgraphs.map(({ subgraph, ...place }) => ({ ...subgraph, ...place })));
    if ('errors' in composition) {
      isWrong = true;
      process.stderr.write(formatCompositionErrors(composition.errors));
    }
  }
  if (isWrong) {
    process.exitCode = 1;
    return;
  }
  const composed = isWhole ? ', and the schemas compose' : '';
  process.stdout.write(`${files.length} files are in order${composed}\n`);
}
