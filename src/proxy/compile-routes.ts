import type { Config, RouteConfig } from '../config/config.ts';
import { parseRoutePath, type RouteSegment } from '../config/route-path.ts';
import type { CompiledEdge } from '../edge/create-edge.ts';
import type { Upstreams } from '../transport/create-upstreams.ts';
import { compileForward } from './forward.ts';
import { compileParameters } from './path-parameters.ts';
import type { Route, Routes } from './route.ts';
import type { Answerer, Layer } from './route-exchange.ts';
import { RouteIndex } from './route-index.ts';

/** What routes are made of. */
export interface RouteParts {
  readonly config: Config;
  readonly edge: Pick<CompiledEdge, 'require' | 'cleanQuery'>;
  readonly upstreams: Pick<Upstreams, 'get'>;
}

/** @throws {TypeError} where a route contradicts the rest of the config; `weir check` finds the same with file and line. */
export function compileRoutes(parts: RouteParts): Routes {
  const routes = parts.config.routes.map((config) => compileRoute(config, parts));
  const index = new RouteIndex(routes);
  return {
    size: routes.length,
    match: (head) => index.match(head),
    allowedMethods: (head) => index.allowedMethods(head),
  };
}

function compileRoute(config: RouteConfig, parts: RouteParts): Route {
  const segments = parseRoutePath(config.match.path);
  if (typeof segments === 'string') throw new TypeError(`Cannot route "${config.name}": ${segments}`);
  const layers = compileLayers(config, parts);
  const answerer = compileAnswerer(config, segments, parts);
  return {
    name: config.name,
    config,
    identify: config.auth === undefined ? undefined : parts.edge.require(config.auth),
    timeoutMs: config.timeoutMs,
    uploadTimeoutMs: config.timeoutMs ?? uploadTimeoutOf(config.upstream, parts.config),
    cleanQuery: parts.edge.cleanQuery,
    readParameters: compileParameters(segments),
    answer: layers.reduceRight<Answerer>((next, layer) => layer.wrap(next), answerer),
  };
}

/** Exactly one, as the schema of the route says. */
function compileAnswerer(config: RouteConfig, segments: readonly RouteSegment[], { upstreams }: RouteParts): Answerer {
  const upstream = upstreams.get(config.upstream ?? '');
  if (upstream === undefined) {
    throw new TypeError(`Cannot route "${config.name}": there is no upstream "${config.upstream}" to send to`);
  }
  return compileForward(config, segments, upstream);
}

/**
 * What stands around the answerer of a route, from outside to inside: coding for the client, then what is kept of answers, then what
 * changes requests and answers. A layer that the route does not ask for is not there.
 */
function compileLayers(_config: RouteConfig, _parts: RouteParts): readonly Layer[] {
  return [];
}

function uploadTimeoutOf(name: string | undefined, { upstreams }: Config): number | undefined {
  const upstream = upstreams.find((each) => each.name === name);
  return upstream === undefined || upstream.kind === 'local' ? undefined : upstream.timeouts.uploadMs;
}
