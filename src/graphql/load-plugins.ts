import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from './context.ts';

/**
 * Imports the modules of `plugins:`; each default export is a Yoga or Envelop plugin, or a function that gives one.
 * @param directory what package names are resolved from.
 * @throws {Error} naming the module, if it cannot be imported or exports neither.
 */
export async function loadPlugins(modules: readonly string[], directory: string): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  for (const module of modules) plugins.push(await loadPlugin(module, directory));
  return plugins;
}

async function loadPlugin(module: string, directory: string): Promise<Plugin> {
  const file = isAbsolute(module) ? module : createRequire(join(directory, 'package.json')).resolve(module);
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (cause) {
    throw new Error(`Cannot load plugin "${module}": ${(cause as Error).message}`, { cause });
  }
  const plugin = typeof exported === 'function' ? await exported() : exported;
  if (typeof plugin === 'object' && plugin !== null) return plugin as Plugin;
  throw new Error(
    `Cannot load plugin "${module}": its default export is ${exported === undefined ? 'missing' : `a ${typeof exported}`}, expected a plugin or a function that returns one`,
  );
}
