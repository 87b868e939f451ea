import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../config/config.ts';
import { findNearest } from '../../nearest.ts';
import type { RouteTransform } from './route-transform.ts';

/** The functions of routes, by the name of the route. */
export type RouteFunctions = ReadonlyMap<string, RouteTransform>;

const KEYS = ['body', 'request', 'answer'];

/**
 * Imports the modules of `transform.function`. A module whose text has changed is imported anew; modules that it imports itself are not,
 * until the process starts again.
 * @throws {Error} naming the route and the file, where the module cannot be imported or its default export is no `RouteTransform`.
 */
export async function loadRouteFunctions({ routes }: Pick<Config, 'routes'>): Promise<RouteFunctions> {
  const functions = new Map<string, RouteTransform>();
  for (const { name, transform } of routes) {
    if (transform?.function !== undefined) functions.set(name, await loadRouteFunction(name, transform.function));
  }
  return functions;
}

/** @throws {Error} as {@link loadRouteFunctions}. */
export async function loadRouteFunction(route: string, file: string): Promise<RouteTransform> {
  try {
    const url = pathToFileURL(file);
    url.searchParams.set(
      'v',
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
        .slice(0, 16),
    );
    const module = (await import(url.href)) as { readonly default?: unknown };
    return check(module.default);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`Cannot load the function of route "${route}" from ${file}: ${message}`, { cause });
  }
}

function check(exported: unknown): RouteTransform {
  if (typeof exported !== 'object' || exported === null) {
    const got = exported === undefined ? 'there is none' : `it is a ${typeof exported}`;
    throw new TypeError(`its default export must be an object with "request" or "answer", and ${got}`);
  }
  const given = exported as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(given)) {
    if (!KEYS.includes(key)) {
      const nearest = findNearest(key, KEYS);
      throw new TypeError(`it has "${key}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`);
    }
    if (key === 'body' ? value === 'json' || value === 'none' : typeof value === 'function') continue;
    throw new TypeError(`"${key}" must be ${key === 'body' ? '"json" or "none"' : 'a function'}, got ${typeof value}`);
  }
  if (given.request === undefined && given.answer === undefined) {
    throw new TypeError('it has neither "request" nor "answer"');
  }
  return given as RouteTransform;
}
