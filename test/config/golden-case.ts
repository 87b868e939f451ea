import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { formatConfigErrors } from '../../src/config/config-error.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { gatewaySchema } from '../../src/config/schema/gateway.ts';
import { upstreamSchema } from '../../src/config/schema/upstream.ts';

/** A case is input files, each under a line `=== path`, then a line of dashes, then what reading them gives. */
export interface GoldenCase {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly expected: string;
}

export function parseCase(text: string): GoldenCase {
  const [input, expected] = text.split(/^-{8,}\n/m) as [string, string | undefined];
  const files = input.split(/^=== /m).slice(1);
  return {
    files: files.map((file) => {
      const end = file.indexOf('\n');
      return { path: file.slice(0, end), text: file.slice(end + 1) };
    }),
    expected: expected ?? '',
  };
}

/** The environment of all cases. */
export const ENV = { PORT: '8080', FLAG: 'false', EMPTY: '', HOST_NAME: 'inventory.internal', SECRET: 's3cr3t-5up3r' };

/** Writes the files into a new folder and reads them; gives the errors as a terminal shows them, or what differs from the defaults. */
export async function runCase(
  files: GoldenCase['files'],
): Promise<{ readonly isGood: boolean; readonly text: string }> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'weir-config-')));
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const file = files.find(({ path }) => path.startsWith('gateway.'))?.path ?? 'gateway.yaml';
    const result = await readConfig({ file, env: ENV, workingDirectory: directory });
    const text = result.errors ? formatConfigErrors(result.errors, directory) : stringify(differences(result.config));
    return { isGood: result.errors === undefined, text: text.replaceAll(directory, '<dir>') };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function differences({ upstreams, directory: _, ...sections }: Config): unknown {
  const reached = { url: 'http://default/', health: { path: '/default' } };
  const defaults = {
    graphql: upstreamSchema.parse({ kind: 'graphql', ...reached }),
    rest: upstreamSchema.parse({ kind: 'rest', ...reached, schema: 'default' }),
    http: upstreamSchema.parse({ kind: 'http', ...reached }),
    local: upstreamSchema.parse({ kind: 'local', schema: 'default', resolvers: 'default' }),
  };
  return {
    ...without(sections, gatewaySchema.parse({})),
    upstreams: upstreams.map((one) => ({ kind: one.kind, ...without(one, defaults[one.kind]) })),
  };
}

/** The entries of `value` that are not those of `defaults`; of mappings only what differs in them. */
function without(value: object, defaults: object): object {
  const known = new Map<string, unknown>(Object.entries(defaults));
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const other = known.get(key);
    if (item === undefined || isDeepStrictEqual(item, other)) return [];
    return [[key, isMapping(item) && isMapping(other) ? without(item, other) : item]];
  });
  return Object.fromEntries(entries);
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
