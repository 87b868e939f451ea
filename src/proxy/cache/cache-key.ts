import { hash } from 'node:crypto';
import type { RouteCacheDefinition } from '../../config/schema/route-cache.ts';
import type { RouteScope } from '../route-exchange.ts';

/** The URI of a request, as it came to the route. */
export interface Asked {
  readonly scope: Pick<RouteScope, 'head'>;
  readonly path: string;
  readonly query: string;
}

export interface CacheKeys {
  /** The target URI (RFC 9110 §7.1), within what is kept for the route. */
  of(asked: Asked): string;
  /** What is left of a query without the parameters that answers do not depend on. */
  query(query: string): string;
}

/** @param originOf Scheme and host as upstreams are told of them: what they write into answers must be a part of the key. */
export function compileKeys(
  { query }: RouteCacheDefinition['key'],
  space: string,
  originOf: (scope: Asked['scope']) => string,
): CacheKeys {
  const cut = query === 'all' ? (text: string) => text : compileCut(new Set(query));
  return {
    // Only the origin may have blanks: what comes last cannot be taken for another part.
    of: ({ scope, path, query: asked }) => `${space} ${path}?${cut(asked)} ${originOf(scope)}`,
    query: cut,
  };
}

function compileCut(names: ReadonlySet<string>): (query: string) => string {
  return (query) => {
    if (query === '') return query;
    return query
      .split('&')
      .filter((pair) => names.has(nameOf(pair)))
      .join('&');
  };
}

/** As services read it, percent-encoded or not (URL standard, form parser). */
function nameOf(pair: string): string {
  return new URLSearchParams(pair).keys().next().value ?? '';
}

/**
 * The name of what is kept under the rules that the facts describe: other rules, another name.
 * @param directory Where the config lies, which is no rule: processes share answers wherever theirs does.
 */
export function keySpace(facts: unknown, directory: string): string {
  const text = JSON.stringify(facts).replaceAll(JSON.stringify(directory).slice(1, -1), '.');
  return hash('sha256', text, 'base64url').slice(0, 22);
}
