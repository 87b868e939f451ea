import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readSupergraph, type Supergraph } from '../src/supergraph/supergraph.ts';

const CLI = fileURLToPath(new URL('../src/cli/weir.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('../gateway.yaml', import.meta.url));

/**
 * The shop's supergraph, composed from its files: no service runs. In a process of its own, because tools that load
 * their config in their own way, as codegen does, would have two copies of graphql in one process.
 *
 * @throws {Error} With all that keeps the files from fitting together.
 */
export function composeShop(): Supergraph {
  return readSupergraph(
    execFileSync(process.execPath, [CLI, 'compose', '--config', CONFIG, '--offline'], { encoding: 'utf8' }),
  );
}
