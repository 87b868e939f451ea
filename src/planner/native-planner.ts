import { createRequire } from 'node:module';
import type { QueryPlanner } from '@graphql-hive/router-query-planner';

export type NativePlanner = QueryPlanner;

interface Addon {
  readonly QueryPlanner: new (supergraphSdl: string) => NativePlanner;
}

let addon: Addon | { readonly failure: Error } | undefined;

/**
 * Loads the planner on the first call. Binaries exist for Linux with glibc and macOS, on x64 and arm64.
 * @throws {Error} where there is none for the platform, or the supergraph is refused.
 */
export function loadNativePlanner(supergraphSdl: string): NativePlanner {
  const loaded = loadAddon();
  if ('failure' in loaded) throw loaded.failure;
  return new loaded.QueryPlanner(supergraphSdl);
}

function loadAddon(): Addon | { readonly failure: Error } {
  addon ??= requireAddon();
  return addon;
}

function requireAddon(): Addon | { readonly failure: Error } {
  try {
    return createRequire(import.meta.url)('@graphql-hive/router-query-planner') as Addon;
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    return { failure: new Error(`Cannot load the native query planner for ${platform}`, { cause }) };
  }
}
