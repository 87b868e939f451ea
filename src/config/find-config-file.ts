import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the main file, in the order in which they are looked for. */
const NAMES = ['gateway.yaml', 'gateway.yml', 'gateway.json'];

/** The main config file of a folder, or `undefined` if it has none. */
export async function findConfigFile(directory: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const file = join(directory, name);
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) return file;
  }
  return undefined;
}
