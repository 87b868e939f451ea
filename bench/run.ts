/** `npm run bench -- NAME`: each name is a folder here whose main.ts prints its comparison. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const names = readdirSync(import.meta.dirname).filter((name) => existsSync(join(import.meta.dirname, name, 'main.ts')));
const [name = ''] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`Cannot run benchmark "${name}": there is none of that name. Expected one of: ${names.join(', ')}`);
  process.exit(1);
}
await import(join(import.meta.dirname, name, 'main.ts'));
