import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { checkHasGraph } from './check-has-graph.ts';
import { checkMirrors } from './check-mirrors.ts';
import { checkPaths } from './check-paths.ts';
import { checkRoutes } from './check-routes.ts';
import { checkUpstreamNames, defaultUpstreamName } from './check-upstream-names.ts';
import { complete, type NamedPath } from './complete.ts';
import type { Config, UpstreamConfig } from './config.ts';
import { type ConfigError, sortConfigErrors } from './config-error.ts';
import { findUpstreamFiles } from './find-upstream-files.ts';
import { deepFreeze } from './freeze.ts';
import { isMapping } from './mapping.ts';
import { type ConfigOverrides, override } from './override.ts';
import { reportIssues } from './report.ts';
import { DEFAULT_UPSTREAMS, type GatewayDefinition, gatewaySchema } from './schema/gateway.ts';
import { type UpstreamDefinition, upstreamSchema } from './schema/upstream.ts';
import { parseSource, type Source } from './source.ts';

export interface ReadConfigOptions {
  /** The main file, YAML or JSON. Without it every section has its defaults and there are no upstreams. */
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly overrides?: ConfigOverrides | undefined;
  /** Absolute. What `file` and the overrides' paths are relative to, and `Config.directory` without a file. Default: the process's. */
  readonly workingDirectory?: string | undefined;
}

/** A config, or all that is wrong with it in the order of files and lines. */
export type ReadConfigResult = (
  | { readonly config: Config; readonly errors?: never }
  | { readonly config?: never; readonly errors: readonly ConfigError[] }
) & {
  /** Absolute: the files of the config and those that they name, for watching. */
  readonly files: readonly string[];
};

/** Reads, interpolates and checks the main file and the upstream files. Does not throw for what they hold. */
export async function readConfig(options: ReadConfigOptions): Promise<ReadConfigResult> {
  const { file, env, overrides = {}, workingDirectory = process.cwd() } = options;
  const main = file === undefined ? undefined : resolve(workingDirectory, file);
  const directory = main === undefined ? workingDirectory : dirname(main);

  const written = main === undefined ? parseSource(directory, NO_FILE, env) : await readSource(main, env);
  const gateway = check<GatewayDefinition>(gatewaySchema, override(written, overrides, workingDirectory), directory);
  const found = await findUpstreamFiles(patternsOf(gateway.source), directory, gateway.source.top);
  const sources = await Promise.all(found.files.map((one) => readSource(one, env)));
  const upstreams = sources.map((source) => check<UpstreamDefinition>(upstreamSchema, source, dirname(source.file)));

  const paths = [gateway, ...upstreams].flatMap((checked) => checked.paths);
  const errors = [
    ...[gateway, ...upstreams].flatMap((checked) => checked.errors),
    ...found.errors,
    ...checkUpstreamNames(sources),
    ...checkMirrors(sources),
    ...checkRoutes({ data: gateway.data, top: gateway.source.top }, sources),
    ...(await checkPaths(paths)),
  ];
  // With other errors it is not known whether there is an upstream.
  if (errors.length === 0 && found.files.length === 0) errors.push(...checkHasGraph(gateway.source, main));
  const ownFiles = [...(main === undefined ? [] : [main]), ...found.files];
  const namedFiles = paths.filter(({ kind }) => kind !== 'place').map(({ absolute }) => absolute);
  const files = [...new Set([...ownFiles, ...namedFiles])];
  const definitions = upstreams.map((upstream) => upstream.value);
  if (errors.length > 0 || gateway.value === undefined || !definitions.every((one) => one !== undefined)) {
    return { errors: sortConfigErrors(errors, ownFiles), files };
  }
  const { $schema: _, ...sections } = gateway.value;
  const config = {
    ...sections,
    directory,
    upstreams: definitions.map((one, index) => finish(one, found.files[index] as string)),
  };
  return { config: deepFreeze(config), files };
}

/** Stands for the main file where there is none. */
const NO_FILE = '{ upstreams: [] }';

async function readSource(file: string, env: NodeJS.ProcessEnv): Promise<Source> {
  try {
    return parseSource(file, await readFile(file, 'utf8'), env);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const message = `The file must be readable, and is not: ${code === 'ENOENT' ? 'it does not exist' : code}`;
    const hint = 'Create the file or correct its path; it must be a file that this process may read';
    const empty = parseSource(file, '', env);
    return {
      ...empty,
      top: { ...empty.top, line: 0, isUnknown: true },
      data: undefined,
      errors: [{ file, line: 0, column: 0, message, hint }],
    };
  }
}

interface Checked<T> {
  readonly source: Source;
  /** Completed for the schema. */
  readonly data: unknown;
  readonly value: T | undefined;
  readonly paths: readonly NamedPath[];
  readonly errors: readonly ConfigError[];
}

function check<T>(schema: z.ZodType<T>, source: Source, directory: string): Checked<T> {
  if (source.top.isUnknown) return { source, data: undefined, value: undefined, paths: [], errors: source.errors };
  const { data, paths } = complete(schema, source.data, source.top, directory);
  const parsed = schema.safeParse(data);
  const issues = parsed.success ? [] : reportIssues(schema, data, source.top, parsed.error.issues);
  return { source, data, value: parsed.data, paths, errors: [...source.errors, ...issues] };
}

/** The patterns as they are written, so that upstreams are checked also if the main file is wrong. */
function patternsOf({ data }: Source): readonly unknown[] {
  const written = isMapping(data) ? data.upstreams : undefined;
  if (written === undefined) return DEFAULT_UPSTREAMS;
  return Array.isArray(written) ? written : [];
}

/** The definition with what stands outside of it or in two forms: name, file, endpoints. */
function finish(definition: UpstreamDefinition, file: string): UpstreamConfig {
  const { $schema: _, name = defaultUpstreamName(file), ...rest } = definition;
  if (rest.kind === 'local') return { ...rest, name, file };
  const { url, endpoints = url === undefined ? [] : [{ url, weight: 1 }], ...reached } = rest;
  return { ...reached, name, file, endpoints };
}
