import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ConfigError } from './config-error.ts';
import { type Place, placeAt } from './place.ts';

/**
 * The files that the patterns of `upstreams:` match, absolute and sorted, each once. A pattern without `*` must name a file.
 * @param top Place of the main file, for errors.
 */
export async function findUpstreamFiles(
  patterns: readonly unknown[],
  directory: string,
  top: Place,
): Promise<{ readonly files: readonly string[]; readonly errors: readonly ConfigError[] }> {
  const files = new Set<string>();
  const errors: ConfigError[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const written = placeAt(top, ['upstreams', index]);
    // What is not a text is reported by the schema.
    if (typeof pattern !== 'string' || pattern === '' || written?.isUnknown) continue;
    const place = written ?? top;
    const isLiteral = !/[*?[\]{}]/.test(pattern);
    const found = isLiteral ? [resolve(directory, pattern)] : await expand(pattern, directory);
    for (const file of found) {
      if (await isFile(file)) files.add(file);
      else if (isLiteral) {
        const message = `upstreams[${index}] must name a file, and ${place.written} is none`;
        const hint = 'Create the file, or correct the path; it is relative to the folder of the main config file';
        errors.push({ file: top.file, line: place.line, column: place.column, message, hint });
      }
    }
  }
  return { files: [...files].sort(), errors };
}

async function expand(pattern: string, directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: directory })) files.push(resolve(directory, file));
  return files;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
