import { compileMapping } from '../mapping/mapping.ts';
import type { VariableReference } from '../mapping/references.ts';
import { splitTemplate, templateReferences } from '../mapping/template.ts';
import { findNearest } from '../nearest.ts';
import type { ConfigError } from './config-error.ts';
import { nearestPlace, type Place } from './place.ts';
import { parseRoutePath } from './route-path.ts';
import { MAPPING_VERSION } from './schema/mapping-text.ts';
import type { RouteDefinition } from './schema/routes.ts';
import type { LocatedRoute } from './unreachable-routes.ts';

/** A text of a route, and where it stands below the route. */
interface Text {
  readonly path: readonly (string | number)[];
  readonly references: readonly VariableReference[];
}

/** Texts of a route must read parameters that its path has, and keys of a route must not contradict each other. */
export function checkRouteTexts({ route, place }: LocatedRoute): ConfigError[] {
  return [...checkParameters(route, place), ...checkKeys(route, place)];
}

function checkParameters(route: RouteDefinition, place: Place): ConfigError[] {
  const segments = parseRoutePath(route.match.path);
  if (typeof segments === 'string') return [];
  const known = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
  return textsOf(route).flatMap(({ path, references }) => {
    const unknown = references.find(
      ({ name, path: [key] }) => name === '$path' && key !== undefined && !known.includes(key),
    );
    if (unknown === undefined) return [];
    const [key = ''] = unknown.path;
    const nearest = findNearest(key, known);
    const choice = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    const hint = nearest === undefined ? `Read a parameter of \`match.path\`: ${choice}` : `Did you mean "${nearest}"?`;
    const at = nearestPlace(place, path);
    return [errorAt(at, `The text reads "$path.${key}", which is no parameter of "match.path"`, hint)];
  });
}

function checkKeys(route: RouteDefinition, place: Place): ConfigError[] {
  const { transform } = route;
  if (route.rewrite !== undefined) {
    const other =
      route.upstream === undefined
        ? 'upstream'
        : transform?.request?.path !== undefined
          ? 'path'
          : transform?.function !== undefined
            ? 'function'
            : undefined;
    if (other === 'upstream') {
      return [
        errorAt(
          nearestPlace(place, ['rewrite']),
          'Only a route with `upstream` has a path to rewrite',
          'Remove `rewrite`',
        ),
      ];
    }
    if (other !== undefined) {
      const message = `"rewrite" and "transform.${other === 'path' ? 'request.path' : other}" must not both be given`;
      const hint = 'Write the path as `transform.request.path` alone';
      return [errorAt(nearestPlace(place, ['rewrite']), message, hint)];
    }
  }
  if (route.tests.length > 0 && transform === undefined) {
    return [
      errorAt(nearestPlace(place, ['tests']), 'Tests are of `transform`, which the route has not', 'Remove `tests`'),
    ];
  }
  return [];
}

function textsOf({ transform, aggregate, document }: RouteDefinition): Text[] {
  const request = transform?.request;
  return [
    template(request?.path, 'transform', 'request', 'path'),
    ...templates(request?.query, 'transform', 'request', 'query'),
    ...templates(request?.headers, 'transform', 'request', 'headers'),
    mapping(request?.body, 'transform', 'request', 'body'),
    ...(transform?.answers ?? []).flatMap(({ headers, body }, index) => [
      ...templates(headers, 'transform', 'answers', index, 'headers'),
      mapping(body, 'transform', 'answers', index, 'body'),
    ]),
    ...Object.entries(aggregate?.parts ?? {}).flatMap(([name, part]) => [
      template(part.path, 'aggregate', 'parts', name, 'path'),
      ...templates({ set: part.headers, add: {} }, 'aggregate', 'parts', name, 'headers'),
      mapping(part.body, 'aggregate', 'parts', name, 'body'),
      mapping(part.select, 'aggregate', 'parts', name, 'select'),
    ]),
    mapping(aggregate?.answer, 'aggregate', 'answer'),
    ...Object.entries(document?.variables ?? {}).map(([name, text]) => mapping(text, 'document', 'variables', name)),
    mapping(document?.answer, 'document', 'answer'),
  ].filter((text) => text !== undefined);
}

type Path = readonly (string | number)[];
type Rules = { readonly set: Readonly<Record<string, string>>; readonly add: Readonly<Record<string, string>> };

function mapping(text: string | undefined, ...path: Path): Text | undefined {
  if (text === undefined) return undefined;
  return { path, references: compileMapping(text, { version: MAPPING_VERSION }).references };
}

function template(text: unknown, ...path: Path): Text | undefined {
  if (typeof text !== 'string') return undefined;
  return { path, references: templateReferences(splitTemplate(text, MAPPING_VERSION)) };
}

function templates(rules: Rules | undefined, ...path: Path): (Text | undefined)[] {
  if (rules === undefined) return [];
  return [rules.set, rules.add].flatMap((values) =>
    Object.entries(values).map(([name, text]) => template(text, ...path, name)),
  );
}

function errorAt({ file, line, column }: Place, message: string, hint: string): ConfigError {
  return { file, line, column, message, hint };
}
