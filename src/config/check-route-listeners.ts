import { findNearest } from '../nearest.ts';
import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { nearestPlace } from './place.ts';
import type { LocatedRoute } from './unreachable-routes.ts';

/** The names that routes may give: those of the public listeners; the short form is one, named "public". */
export function checkRouteListeners({ route, place }: LocatedRoute, data: unknown): ConfigError[] {
  const names = publicListeners(data);
  return (route.match.listeners ?? []).flatMap((name, index) => {
    if (names.includes(name)) return [];
    const { file, line, column, written } = nearestPlace(place, ['match', 'listeners', index]);
    const nearest = findNearest(name, names);
    const hint = nearest === undefined ? `Use one of: ${names.join(', ')}` : `Did you mean "${nearest}"?`;
    return [{ file, line, column, message: `A route is served on public listeners only, got ${written}`, hint }];
  });
}

/** Whether the gateway's own pages are kept from the public listeners. */
export function hasAdminListener(data: unknown): boolean {
  return listenersOf(data).some(({ purpose }) => purpose === 'admin');
}

function publicListeners(data: unknown): string[] {
  const listeners = listenersOf(data);
  if (listeners.length === 0) return ['public'];
  return listeners.filter(({ purpose }) => purpose !== 'admin').map(({ name }) => String(name));
}

function listenersOf(data: unknown): Readonly<Record<string, unknown>>[] {
  const server = isMapping(data) && isMapping(data.server) ? data.server : {};
  return Array.isArray(server.listeners) ? server.listeners.filter(isMapping) : [];
}
