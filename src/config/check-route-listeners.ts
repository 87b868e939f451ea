import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { nearestPlace, type Place, placeAt } from './place.ts';
import { type GivenName, suggestName } from './suggest-name.ts';
import type { LocatedRoute } from './unreachable-routes.ts';
import type { Written } from './written.ts';

/** The names that routes may give: those of the public listeners; the short form is one, named "public". */
export function checkRouteListeners({ route, place }: LocatedRoute, { data, top }: Written): ConfigError[] {
  const given = publicListeners(data, top);
  return (route.match.listeners ?? []).flatMap((name, index) => {
    if (given.some((each) => each.name === name)) return [];
    const at = nearestPlace(place, ['match', 'listeners', index]);
    const { file, line, column, written } = at;
    const hint = suggestName(name, at, given, 'Use the name of a public listener');
    return [{ file, line, column, message: `A route is served on public listeners only, got ${written}`, hint }];
  });
}

/** Whether the gateway's own pages are kept from the public listeners. */
export function hasAdminListener(data: unknown): boolean {
  return listenersOf(data).some(({ purpose }) => purpose === 'admin');
}

function publicListeners(data: unknown, top: Place): GivenName[] {
  const listeners = listenersOf(data);
  if (listeners.length === 0) return [{ name: 'public', place: undefined }];
  return listeners.flatMap(({ purpose, name }, index) =>
    purpose === 'admin' ? [] : [{ name: String(name), place: placeAt(top, ['server', 'listeners', index, 'name']) }],
  );
}

/** An item that is no mapping is reported for that. */
function listenersOf(data: unknown): Readonly<Record<string, unknown>>[] {
  const server = isMapping(data) && isMapping(data.server) ? data.server : {};
  return Array.isArray(server.listeners) ? server.listeners.map((each) => (isMapping(each) ? each : {})) : [];
}
