import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
let isBuilt = false;

/** Weir as it is published, built from the sources as they are now. @returns Its command line, to be run with Node. */
export function builtWeir(): string {
  if (!isBuilt) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  isBuilt = true;
  return join(ROOT, 'dist/cli/weir.js');
}
