import type { Config } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { findConfigFile } from '../config/find-config-file.ts';
import type { ConfigOverrides } from '../config/override.ts';
import { readConfig } from '../config/read-config.ts';

export interface ConfigOptions extends ConfigOverrides {
  readonly config?: string | undefined;
}

/** The config that the command line asks for. Where there is an error, all of them are printed and the process ends with 1. */
export async function readConfigOrExit(options: ConfigOptions): Promise<{ config: Config; files: readonly string[] }> {
  const { config: named, ...overrides } = options;
  // A supergraph given by name is served alone: a config file that happens to lie here must not change it.
  const file = named ?? (overrides.supergraph === undefined ? await findConfigFile(process.cwd()) : undefined);
  if (file === undefined && overrides.supergraph === undefined) {
    process.stderr.write(
      `Cannot find a config file in ${process.cwd()}: there is no gateway.yaml, gateway.yml or gateway.json. Name one with --config, or a supergraph with --supergraph\n`,
    );
    process.exit(1);
  }
  const result = await readConfig({ file, env: process.env, overrides });
  if (result.errors !== undefined) {
    process.stderr.write(formatConfigErrors(result.errors, process.cwd()));
    process.exit(1);
  }
  return { config: result.config, files: result.files };
}
