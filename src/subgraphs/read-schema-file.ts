import { readFile } from 'node:fs/promises';
import { WeirError } from '../errors.ts';

/** The SDL file of an upstream. @throws {WeirError} `SCHEMA_NOT_READY`, naming upstream, file and reason. */
export async function readSchemaFile(upstream: string, file: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(file, { encoding: 'utf8', signal });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new WeirError(
      'SCHEMA_NOT_READY',
      `Cannot read the schema of upstream "${upstream}" from ${file}: ${reason}`,
      { upstream, cause },
    );
  }
}
