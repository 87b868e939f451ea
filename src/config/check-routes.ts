import { checkRouteListeners } from './check-route-listeners.ts';
import { checkRouteTexts } from './check-route-texts.ts';
import { defaultUpstreamName } from './check-upstream-names.ts';
import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { nearestPlace, type Place, placeAt } from './place.ts';
import { parseRoutePath, type RouteSegment } from './route-path.ts';
import { route as routeSchema } from './schema/routes.ts';
import type { Source } from './source.ts';
import { suggestName } from './suggest-name.ts';
import { findUnreachable, type LocatedRoute } from './unreachable-routes.ts';
import type { Written } from './written.ts';

/** What routes must keep to beside their schema: names, upstreams, parameters, and that each can be reached. */
export function checkRoutes({ data, top }: Written, upstreams: readonly Source[]): ConfigError[] {
  const written = isMapping(data) && Array.isArray(data.routes) ? (data.routes as unknown[]) : [];
  // Those that do not fit the schema are reported for that.
  const routes = written.flatMap((item, index): LocatedRoute[] => {
    const { data: route } = routeSchema.safeParse(item);
    return route === undefined ? [] : [{ route, place: nearestPlace(top, ['routes', index]) }];
  });
  return [
    ...checkNames(routes),
    ...routes.flatMap((each) => [
      ...checkUpstreams(each, upstreams),
      ...checkDocument(each, data, upstreams),
      ...checkRewrite(each),
      ...checkRouteListeners(each, { data, top }),
      ...checkAuth(each, data),
      ...checkRouteTexts(each),
    ]),
    ...findUnreachable(routes, data),
    ...checkReferences(routes, { data, top }),
  ];
}

function checkNames(routes: readonly LocatedRoute[]): ConfigError[] {
  const lines = new Map<string, number>();
  return routes.flatMap(({ route, place }) => {
    const at = placeAt(place, ['name']) ?? place;
    const first = lines.get(route.name);
    if (first === undefined) {
      lines.set(route.name, at.line);
      return [];
    }
    const message = `Route names must be unique, and ${at.written} is also in line ${first}`;
    return [errorAt(at, message, 'Give one of them another `name:`')];
  });
}

function checkUpstreams({ route, place }: LocatedRoute, upstreams: readonly Source[]): ConfigError[] {
  const ofParts = Object.entries(route.aggregate?.parts ?? {}).map(
    ([name, part]) => [part.upstream, ['aggregate', 'parts', name, 'upstream']] as const,
  );
  const named = [[route.upstream, ['upstream']] as const, ...ofParts];
  return named.flatMap(([upstream, path]) => checkUpstream(upstream, placeAt(place, path), upstreams));
}

function checkUpstream(
  upstream: string | undefined,
  at: Place | undefined,
  upstreams: readonly Source[],
): ConfigError[] {
  if (upstream === undefined || at === undefined || at.isUnknown) return [];
  const reached = upstreams.filter((source) => isMapping(source.data) && source.data.kind !== 'local');
  const given = reached.map((source) => ({
    name: String((source.data as { name?: unknown }).name ?? defaultUpstreamName(source.file)),
    place: placeAt(source.top, ['name']),
  }));
  if (given.some(({ name }) => name === upstream)) return [];
  const message = `The upstream of a route must be one that is reached over HTTP, got ${at.written}`;
  return [
    errorAt(at, message, suggestName(upstream, at, given, 'Add upstreams/NAME.yaml with `kind: http` and `url:`')),
  ];
}

/** A document is a question to the graph. */
function checkDocument({ route, place }: LocatedRoute, data: unknown, upstreams: readonly Source[]): ConfigError[] {
  const at = placeAt(place, ['document']);
  if (route.document === undefined || at === undefined) return [];
  const isSupplied = isMapping(data) && isMapping(data.supergraph) && data.supergraph.source !== undefined;
  // What is wrong with the kind of another one is reported for that.
  const isComposed = upstreams.some((source) => !isMapping(source.data) || source.data.kind !== 'http');
  if (isSupplied || isComposed) return [];
  const message = 'A document is answered by the graph, and the config has none';
  const hint = 'Add an upstream with a schema, such as `kind: graphql`, or name a supergraph in `supergraph.source`';
  return [errorAt(at, message, hint)];
}

function checkRewrite({ route, place }: LocatedRoute): ConfigError[] {
  const at = placeAt(place, ['rewrite']);
  if (route.rewrite === undefined || at === undefined) return [];
  const known = parametersOf(route.match.path);
  const unknown = parametersOf(route.rewrite).find(
    ({ name, kind }) => !known.some((one) => one.name === name && one.kind === kind),
  );
  if (unknown === undefined) return [];
  const shown = (one: { readonly name: string; readonly kind: string }) =>
    one.name === '**' ? '`**`' : `\`{${one.name}${one.kind === 'rest' ? '*' : ''}}\``;
  const has = known.length === 0 ? 'it has none' : `it has ${known.map(shown).join(', ')}`;
  const message = `The parameters of "rewrite" must be those of "match.path", and ${shown(unknown)} is not there`;
  return [errorAt(at, message, `Use only what the path of the route has: ${has}`)];
}

function parametersOf(pattern: string): Exclude<RouteSegment, { kind: 'literal' }>[] {
  const segments = parseRoutePath(pattern);
  return typeof segments === 'string' ? [] : segments.filter((segment) => segment.kind !== 'literal');
}

function checkAuth({ route, place }: LocatedRoute, data: unknown): ConfigError[] {
  const auth = isMapping(data) && isMapping(data.auth) ? data.auth : {};
  return (route.auth?.mechanisms ?? []).flatMap((mechanism, index) => {
    if (auth[mechanism] !== undefined) return [];
    const at = nearestPlace(place, ['auth', 'mechanisms', index]);
    const message = `A route may require what \`auth:\` configures, and "auth.${mechanism}" is not there`;
    return [errorAt(at, message, `Configure \`auth.${mechanism}\`, or remove it here`)];
  });
}

/** Limits and policies that name routes. */
function checkReferences(routes: readonly LocatedRoute[], { data, top }: Written): ConfigError[] {
  const given = routes.map(({ route, place }) => ({ name: route.name, place: placeAt(place, ['name']) }));
  const lists = [
    ['rate_limit', 'limits'],
    ['auth', 'policies', 'rules'],
  ];
  return lists.flatMap((path) => {
    const rules = path.reduce<unknown>((value, key) => (isMapping(value) ? value[key] : undefined), data);
    if (!Array.isArray(rules)) return [];
    return rules.flatMap((rule: unknown, index) => {
      const named =
        isMapping(rule) && isMapping(rule.match) && Array.isArray(rule.match.routes) ? rule.match.routes : [];
      return named.flatMap((name: unknown, at) => {
        if (typeof name !== 'string' || given.some((each) => each.name === name)) return [];
        const place = nearestPlace(top, [...path, index, 'match', 'routes', at]);
        const hint = suggestName(name, place, given, 'Use the name of a route, or remove it');
        return [errorAt(place, `A rule must be about routes that there are, got ${place.written}`, hint)];
      });
    });
  });
}

function errorAt({ file, line, column }: Place, message: string, hint: string): ConfigError {
  return { file, line, column, message, hint };
}
