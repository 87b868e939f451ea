import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { WeirError } from '../../errors.ts';

/**
 * Imports the module of a local upstream's resolvers. A module whose text has changed is imported anew; modules that it
 * imports itself are not, until the process starts again.
 * @returns the default export, whatever it is; `checkResolvers` judges it.
 * @throws {WeirError} `SCHEMA_NOT_READY`, naming the file and the reason.
 */
export async function loadResolvers(upstream: string, file: string): Promise<unknown> {
  const fail = (reason: string, cause?: unknown) =>
    new WeirError(
      'SCHEMA_NOT_READY',
      `Cannot load the resolvers of upstream "${upstream}" from ${file}${placeIn(cause)}: ${reason}`,
      {
        upstream,
        cause,
      },
    );
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (cause) {
    throw fail((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause), cause);
  }
  const url = pathToFileURL(file);
  url.searchParams.set('v', createHash('sha256').update(text).digest('hex').slice(0, 16));
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(url.href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw fail(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), cause);
  }
  if (module.default !== undefined) return module.default;
  const names = Object.keys(module);
  const instead =
    names.length === 0 ? 'exports nothing' : `exports ${names.map((name) => `"${name}"`).join(', ')} but no default`;
  throw fail(`it ${instead}; export the resolver map with "export default { Query: { … } }"`);
}

/** `:line` or `:line:column` of the first place in a module of the deployment that the error's stack names. */
function placeIn(cause: unknown): string {
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  return /file:\/\/[^\s)]*?((?::\d+){1,2})(?=[\s)]|$)/.exec(stack)?.[1] ?? '';
}
