import { stat } from 'node:fs/promises';
import type { NamedPath } from './complete.ts';
import type { ConfigError } from './config-error.ts';

/** Files that the config names must be there. */
export async function checkPaths(paths: readonly NamedPath[]): Promise<ConfigError[]> {
  const errors = await Promise.all(paths.map((path) => checkPath(path)));
  return errors.filter((error) => error !== undefined);
}

async function checkPath({ kind, absolute, place }: NamedPath): Promise<ConfigError | undefined> {
  if (kind === 'place' || place === undefined) return undefined;
  const found = await stat(absolute).then(
    (entry) => (entry.isFile() ? 'file' : 'other'),
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown error',
  );
  if (found === 'file') return undefined;
  const current =
    found === 'other' ? 'is a folder' : found === 'ENOENT' ? 'does not exist' : `cannot be read: ${found}`;
  const { file, line, column, written } = place;
  const message = `${written} must be a file, and ${current}`;
  const from = file.startsWith('--') ? 'the working directory' : 'the folder of this file';
  return { file, line, column, message, hint: `Create the file, or correct the path; it is relative to ${from}` };
}
