import { hasAdminListener } from './check-route-listeners.ts';
import type { ConfigError } from './config-error.ts';
import { compileLinearPattern } from './linear-pattern.ts';
import { isMapping } from './mapping.ts';
import { type Place, placeAt } from './place.ts';
import { parseRoutePath, shapeOf } from './route-path.ts';
import type { RouteDefinition } from './schema/routes.ts';

/** A route that fits the schema, and where it is written. */
export interface LocatedRoute {
  readonly route: RouteDefinition;
  readonly place: Place;
}

/** Paths of the gateway itself, unless a listener is for them. */
const OWN_PATHS = ['/livez', '/readyz', '/metrics'];

/** Routes that no request can reach, and routes of which only their order says which one a request reaches. */
export function findUnreachable(routes: readonly LocatedRoute[], data: unknown): ConfigError[] {
  const groups = new Map<string, LocatedRoute[]>();
  for (const each of routes) {
    const { path, hosts = ['*'] } = each.route.match;
    const segments = parseRoutePath(path);
    if (typeof segments === 'string') continue;
    for (const host of hosts) {
      const key = `${host} ${shapeOf(segments)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [each]);
      else group.push(each);
    }
  }
  return [...findOwn(routes, data), ...[...groups.values()].flatMap(compareGroup)];
}

function findOwn(routes: readonly LocatedRoute[], data: unknown): ConfigError[] {
  const graphql = isMapping(data) && isMapping(data.graphql) ? data.graphql : {};
  const own = new Set<unknown>([...(hasAdminListener(data) ? [] : OWN_PATHS), graphql.path ?? '/graphql']);
  return routes.flatMap(({ route, place }) => {
    if (!own.has(route.match.path)) return [];
    const at = placeAt(place, ['match', 'path']) ?? place;
    const message = `The route cannot be reached: the gateway itself answers ${at.written}`;
    return [report(at, message, 'Give the route another path')];
  });
}

/** Routes with one host and paths of one shape: methods and conditions alone tell them apart. */
function compareGroup(group: readonly LocatedRoute[]): ConfigError[] {
  return group.flatMap((later, index) => {
    for (const earlier of group.slice(0, index)) {
      const problem = compare(earlier, later);
      if (problem !== undefined) return [problem];
    }
    return [];
  });
}

function compare(earlier: LocatedRoute, later: LocatedRoute): ConfigError | undefined {
  const [a, b] = [earlier.route.match, later.route.match];
  if (rankOf(a) !== rankOf(b)) return undefined;
  const shared = b.methods?.filter((method) => a.methods?.includes(method));
  const sharedListeners = b.listeners?.filter((name) => a.listeners?.includes(name));
  if (shared?.length === 0 || sharedListeners?.length === 0) return undefined;
  const at = placeAt(later.place, ['match']) ?? later.place;
  const isSecret = placeAt(earlier.place, ['name'])?.isSecret === true;
  const other = `${isSecret ? 'the one' : `"${earlier.route.name}"`} in line ${earlier.place.line}`;
  const isAlike = keyOf(a) === keyOf(b);
  if (isAlike && shared?.length === b.methods?.length && sharedListeners?.length === b.listeners?.length) {
    return report(
      at,
      `The route cannot be reached: ${other} takes all its requests`,
      'Remove one of the two, or let them differ',
    );
  }
  if (!isAlike && !canBothHold(a, b)) return undefined;
  const which = shared === undefined ? 'Some requests' : `Some ${shared.join(', ')} requests`;
  return report(
    at,
    `${which} fit this route and ${other} equally well`,
    'Let methods or conditions exclude each other, or give one of them more conditions',
  );
}

/** Routes of one rank are told apart by nothing but their order. */
function rankOf({ listeners, methods, headers, query }: RouteDefinition['match']): string {
  return `${listeners !== undefined} ${methods !== undefined} ${Object.keys(headers).length} ${Object.keys(query).length}`;
}

function conditionsOf({ headers, query }: RouteDefinition['match']): Map<string, unknown> {
  return new Map([
    ...Object.entries(headers).map(([name, condition]) => [`header ${name.toLowerCase()}`, condition] as const),
    ...Object.entries(query).map(([name, condition]) => [`query ${name}`, condition] as const),
  ]);
}

function keyOf(match: RouteDefinition['match']): string {
  return JSON.stringify([...conditionsOf(match)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a request can fulfil both; of two regular expressions that is not known, and they are taken to differ. */
function canBothHold(a: RouteDefinition['match'], b: RouteDefinition['match']): boolean {
  const others = conditionsOf(b);
  return [...conditionsOf(a)].every(([name, condition]) => {
    if (!others.has(name)) return true;
    const other = others.get(name);
    if (condition === false || other === false) return condition === other;
    if (condition === true || other === true) return true;
    if (typeof condition === 'string' && typeof other === 'string') return condition === other;
    const [text, pattern] = typeof condition === 'string' ? [condition, other] : [other, condition];
    return typeof text === 'string' && compileLinearPattern((pattern as { regex: string }).regex).test(text);
  });
}

function report({ file, line, column }: Place, message: string, hint: string): ConfigError {
  return { file, line, column, message, hint };
}
