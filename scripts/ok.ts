/** `npm run ok`: the one gate. Runs every check, and ends with 1 if one of them fails. */
import { spawnSync } from 'node:child_process';

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'check', '.'],
  ['types', 'tsc', '-p', '.'],
  ['types of the client', 'tsc', '-p', 'examples/client'],
  ['dead code', 'knip'],
  ['generated files', 'node', 'scripts/generate.ts', '--check'],
  ['the shop is in order', 'node', 'src/cli/weir.ts', 'check'],
  ['the supergraph snapshot', 'node', 'src/cli/weir.ts', 'compose', '--offline', '--check'],
  ['tests', 'npm', 'test'],
];

const failed = CHECKS.filter(([name, command, ...args]) => {
  console.log(`\n▸ ${name}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status !== 0;
});
for (const [name] of failed) console.error(`✖ ${name}`);
process.exitCode = failed.length === 0 ? 0 : 1;
