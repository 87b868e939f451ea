import type { RouteConfig } from '../config/config.ts';
import { parseRoutePath } from '../config/route-path.ts';
import type { RequestHead } from '../edge/edge.ts';
import { PathIndex } from './path-index.ts';
import { type Conditions, compileConditions } from './route-conditions.ts';

interface Candidate<R> {
  readonly route: R;
  readonly listeners: readonly string[] | undefined;
  readonly methods: readonly string[] | undefined;
  readonly conditions: Conditions;
  /** How many conditions of each kind: more go first. */
  readonly headerCount: number;
  readonly queryCount: number;
}

/**
 * Finds the route of a request by the precedence of the Gateway API: an exact host before the longest wildcard before none, then the
 * most specific path, then a route that names its listeners, then one that names the method, then the most header and the most query conditions, then the order
 * of the file.
 */
export class RouteIndex<R extends { readonly config: Pick<RouteConfig, 'match'> }> {
  readonly #byHost = new Map<string, PathIndex<Candidate<R>>>();
  readonly #byDomain = new Map<string, PathIndex<Candidate<R>>>();
  readonly #anyHost = new PathIndex<Candidate<R>>();
  #hasHosts = false;

  constructor(routes: readonly R[]) {
    const candidates = routes.map(toCandidate).sort(compareCandidates);
    for (const candidate of candidates) {
      const { path, hosts = [undefined] } = candidate.route.config.match;
      const segments = parseRoutePath(path);
      if (typeof segments === 'string') throw new TypeError(`Cannot match the path "${path}": ${segments}`);
      for (const host of hosts) this.#indexOf(host).add(segments, candidate);
    }
  }

  match(head: RequestHead): R | undefined {
    const { method } = head;
    const pick =
      method === 'HEAD'
        ? (candidates: readonly Candidate<R>[]) => pickForHead(candidates, head)
        : (candidates: readonly Candidate<R>[]) => pickFirst(candidates, method, head);
    return this.#find(head, pick);
  }

  /** The methods for which the request would have a route; empty: none. */
  allowedMethods(head: RequestHead): string[] {
    const allowed = new Set<string>();
    this.#find(head, (candidates) => {
      for (const { methods = [], conditions } of candidates) {
        if (conditions === undefined || conditions(head)) for (const method of methods) allowed.add(method);
      }
      return undefined;
    });
    if (allowed.has('GET')) allowed.add('HEAD');
    return [...allowed].sort();
  }

  #find<T>(head: RequestHead, pick: (candidates: readonly Candidate<R>[]) => T | undefined): T | undefined {
    const { path } = head;
    if (this.#hasHosts) {
      const host = hostOf(head);
      const found = this.#byHost.get(host)?.find(path, pick);
      if (found !== undefined) return found;
      for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
        const ofDomain = this.#byDomain.get(host.slice(dot + 1))?.find(path, pick);
        if (ofDomain !== undefined) return ofDomain;
      }
    }
    return this.#anyHost.find(path, pick);
  }

  #indexOf(host: string | undefined): PathIndex<Candidate<R>> {
    if (host === undefined) return this.#anyHost;
    this.#hasHosts = true;
    const [map, key] = host.startsWith('*.') ? [this.#byDomain, host.slice(2)] : [this.#byHost, host];
    let index = map.get(key);
    if (index === undefined) {
      index = new PathIndex();
      map.set(key, index);
    }
    return index;
  }
}

function pickFirst<R>(candidates: readonly Candidate<R>[], method: string, head: RequestHead): R | undefined {
  for (const { route, methods, conditions } of candidates) {
    if (methods !== undefined && !methods.includes(method)) continue;
    if (conditions === undefined || conditions(head)) return route;
  }
  return undefined;
}

/** What answers GET answers HEAD (RFC 9110 §9.3.2), after routes that name HEAD. */
function pickForHead<R>(candidates: readonly Candidate<R>[], head: RequestHead): R | undefined {
  const naming = candidates.filter(({ methods }) => methods?.includes('HEAD'));
  return pickFirst(naming, 'HEAD', head) ?? pickFirst(candidates, 'GET', head);
}

function toCandidate<R extends { readonly config: Pick<RouteConfig, 'match'> }>(route: R): Candidate<R> {
  const { match } = route.config;
  return {
    route,
    listeners: match.listeners,
    methods: match.methods,
    conditions: compileConditions(match),
    headerCount: Object.keys(match.headers).length,
    queryCount: Object.keys(match.query).length,
  };
}

/** A stable sort keeps the order of the file where this says nothing. */
function compareCandidates<R>(a: Candidate<R>, b: Candidate<R>): number {
  return (
    Number(a.listeners === undefined) - Number(b.listeners === undefined) ||
    Number(a.methods === undefined) - Number(b.methods === undefined) ||
    b.headerCount - a.headerCount ||
    b.queryCount - a.queryCount
  );
}

/** The host that was asked for, in lower case, without port and final dot. */
function hostOf({ headers }: RequestHead): string {
  const host = (headers.host ?? headers[':authority'] ?? '').toLowerCase();
  const bare = host.startsWith('[') ? host : host.replace(/:\d*$/, '');
  return bare.endsWith('.') ? bare.slice(0, -1) : bare;
}
