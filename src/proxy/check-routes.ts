import { readFile } from 'node:fs/promises';
import type { GraphQLSchema } from 'graphql';
import type { Config, RouteConfig } from '../config/config.ts';
import type { ConfigError } from '../config/config-error.ts';
import { nearestPlace, type Place } from '../config/place.ts';
import { parseSource } from '../config/source.ts';
import { checkDocuments, type RouteDocumentProblem } from './document/check-document.ts';
import { checkGoldenPairs } from './transform/golden/check-golden-pairs.ts';
import { loadRouteFunction } from './transform/load-route-functions.ts';

/**
 * What `weir check` finds of routes beside what their config says: functions that cannot be loaded, golden pairs that do not hold,
 * documents that the graph does not fit.
 * @param schema The public schema; `undefined`: it is not known, and documents are judged without it.
 * @param file gateway.yaml, for the places of what has no file of its own.
 */
export async function checkRoutes(
  { routes }: Pick<Config, 'routes'>,
  schema: GraphQLSchema | undefined,
  file: string,
): Promise<ConfigError[]> {
  const ofTransforms = await Promise.all(routes.map(checkTransform));
  const problems = checkDocuments(routes, schema);
  if (problems.length === 0) return ofTransforms.flat();
  // Only what is wrong needs its place, which the config itself does not have.
  const { top } = parseSource(file, await readFile(file, 'utf8'), process.env);
  const indexOf = (name: string) => routes.findIndex((route) => route.name === name);
  return [
    ...ofTransforms.flat(),
    ...problems.map((problem) => locate(problem, nearestPlace(top, ['routes', indexOf(problem.route)]))),
  ];
}

function locate({ route, file, message, hint, location, key }: RouteDocumentProblem, place: Place): ConfigError {
  const described = { message: `Route "${route}": ${message}`, hint };
  if (key === undefined && file !== undefined) {
    return { ...described, file, line: location?.line ?? 1, column: location?.column ?? 1 };
  }
  const at = nearestPlace(place, key ?? ['document', 'text']);
  // A text of several lines begins below its key.
  const isBlock = key === undefined && at.written.includes('\\n');
  if (location === undefined || !isBlock) return { ...described, file: at.file, line: at.line, column: at.column };
  return { ...described, file: at.file, line: at.line + location.line, column: location.column };
}

async function checkTransform(route: RouteConfig): Promise<ConfigError[]> {
  const file = route.transform?.function;
  try {
    const code = file === undefined ? undefined : await loadRouteFunction(route.name, file);
    return await checkGoldenPairs(route, code);
  } catch (error) {
    const hint = 'Let the module run by itself, and export a `RouteTransform` as its default';
    return [{ file: file ?? '', line: 0, column: 0, message: (error as Error).message, hint }];
  }
}
