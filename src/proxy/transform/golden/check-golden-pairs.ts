import { readFile } from 'node:fs/promises';
import type { RouteConfig } from '../../../config/config.ts';
import type { ConfigError } from '../../../config/config-error.ts';
import { nearestPlace, type Place } from '../../../config/place.ts';
import { reportIssues } from '../../../config/report.ts';
import { parseRoutePath } from '../../../config/route-path.ts';
import { parseSource } from '../../../config/source.ts';
import type { MappingWarning } from '../../../mapping/evaluator.ts';
import { PathIndex } from '../../path-index.ts';
import { compileParameters } from '../../path-parameters.ts';
import { compileTransform } from '../compile-transform.ts';
import type { RouteTransform } from '../route-transform.ts';
import type { Difference } from './compare.ts';
import { goldenPairs } from './golden-pair.ts';
import { type GoldenTarget, runGoldenPair } from './run-golden-pair.ts';

/** Runs the golden pairs of a route. @returns each difference at the place of the value that is expected. */
export async function checkGoldenPairs(route: RouteConfig, code: RouteTransform | undefined): Promise<ConfigError[]> {
  const errors = await Promise.all(route.tests.map((file) => checkFile(route, file, code)));
  return errors.flat();
}

async function checkFile(route: RouteConfig, file: string, code: RouteTransform | undefined): Promise<ConfigError[]> {
  const { data, top, errors } = parseSource(file, await readFile(file, 'utf8'), {});
  if (errors.length > 0) return [...errors];
  const parsed = goldenPairs.safeParse(data);
  if (!parsed.success) return reportIssues(goldenPairs, data, top, parsed.error.issues);
  const found: ConfigError[] = [];
  for (const [index, pair] of parsed.data.entries()) {
    const warnings: MappingWarning[] = [];
    const differences = await runGoldenPair(
      pair,
      toTarget(route, code, (warning) => warnings.push(warning)),
    );
    const place = top.children.get(index) ?? top;
    found.push(...differences.map((difference) => toError(difference, place, pair.name, route.name, warnings)));
  }
  return found;
}

function toTarget(
  { name, match, transform }: RouteConfig,
  code: RouteTransform | undefined,
  warn: (warning: MappingWarning) => void,
): GoldenTarget {
  const segments = parseRoutePath(match.path);
  if (transform === undefined || typeof segments === 'string')
    throw new TypeError(`Cannot test route "${name}": it has no transform`);
  const index = new PathIndex<true>();
  index.add(segments, true);
  const readParameters = compileParameters(segments);
  return {
    pattern: match.path,
    transform: compileTransform(transform, { route: name, code, warn }),
    readParameters: (path) => (index.find(path, ([found]) => found) === true ? readParameters(path) : undefined),
  };
}

function toError(
  { path, expected, actual }: Difference,
  top: Place,
  pair: string,
  route: string,
  warnings: readonly MappingWarning[],
): ConfigError {
  const { file, line, column } = nearestPlace(top, path);
  const message = `Route "${route}", "${pair}": ${showPath(path)} must be ${show(expected)}, and is ${show(actual)}`;
  const told = [...new Set(warnings.map((warning) => warning.message))];
  const hint = `Correct the pair, or \`transform\` of the route${told.length === 0 ? '' : `. Its mappings say: ${told.join('; ')}`}`;
  return { file, line, column, message, hint };
}

function showPath(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}

const MAX_SHOWN = 200;

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
