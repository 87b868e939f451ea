/** How each gateway is started on one supergraph; the rivals are installed from `bench/rivals/` when they are first needed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { builtWeir } from '../harness/built-weir.ts';
import type { PinnedCommand } from '../harness/pinned-process.ts';

const root = join(import.meta.dirname, '../..');
const rivals = join(root, 'bench/rivals');
const node = process.execPath;
/** A young generation of 32 MB saves collections under load; every Node gateway gets it. */
const FLAGS = ['--max-semi-space-size=32'];

export interface Contender {
  readonly name: string;
  command(supergraph: string, port: number): Omit<PinnedCommand, 'core' | 'probe' | 'url'>;
}

const weir = (engine: 'compiled' | 'stitch'): Contender => ({
  name: `Weir (${engine})`,
  command: (supergraph, port) => ({
    command: node,
    args: [...FLAGS, builtWeir(), 'start', '--supergraph', supergraph, '--port', String(port), '--engine', engine],
    cwd: root,
  }),
});

const rival = (name: string, folder: string): Contender => ({
  name,
  command(supergraph, port) {
    const cwd = join(rivals, folder);
    if (!existsSync(join(cwd, 'node_modules')))
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
    return {
      command: node,
      args: [...FLAGS, join(cwd, 'serve.mjs')],
      cwd,
      env: { SUPERGRAPH: supergraph, PORT: String(port), NODE_ENV: 'production' },
    };
  },
});

export const CONTENDERS: readonly Contender[] = [
  weir('compiled'),
  weir('stitch'),
  rival('Hive Gateway (Rust planner)', 'hive-router-runtime'),
  rival('Hive Gateway (stitching)', 'hive-gateway'),
  rival('Apollo Gateway', 'apollo-gateway'),
];
