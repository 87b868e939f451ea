import type { Config, RouteConfig } from '../config/config.ts';
import { parseRoutePath, type RouteSegment } from '../config/route-path.ts';
import { createCompressor, type OnEncoded, rulesOfRoute } from '../content-coding/compressor.ts';
import type { CompiledEdge } from '../edge/create-edge.ts';
import type { RequestHead } from '../edge/edge.ts';
import type { Graph } from '../graphql/graph.ts';
import type { Upstreams } from '../transport/create-upstreams.ts';
import { compileAggregate } from './aggregate/compile-aggregate.ts';
import type { RouteCache } from './cache/cache-layer.ts';
import { compileCache } from './cache/compile-cache.ts';
import { admitsUnsafe, invalidatingLayer } from './cache/invalidating-layer.ts';
import type { Cache } from './cache/open-cache.ts';
import { compressionLayer } from './compression/compression-layer.ts';
import type { CompileDocument } from './document/compile-document.ts';
import { compileFieldFilter, type FieldFilter } from './field-filter.ts';
import { setField } from './field-lines.ts';
import { compileForward } from './forward.ts';
import { compileForwardingFields } from './forwarding-fields.ts';
import { compileParameters } from './path-parameters.ts';
import type { Route, Routes } from './route.ts';
import type { Answerer, Layer, Upgrader } from './route-exchange.ts';
import { RouteIndex } from './route-index.ts';
import { compileTransform, transformLayer } from './transform/compile-transform.ts';
import type { RouteFunctions } from './transform/load-route-functions.ts';
import { compileVia } from './via.ts';

/** What routes are made of. */
export interface RouteParts {
  readonly config: Config;
  readonly edge: Pick<CompiledEdge, 'require' | 'cleanQuery' | 'trusts' | 'isTls' | 'forwarding'>;
  readonly upstreams: Pick<Upstreams, 'get'>;
  /** The graph in service; `undefined` until there is one. */
  readonly graph: () => Graph | undefined;
  /** Needed where a route has a document; it is loaded with all that it needs of GraphQL. */
  readonly compileDocument: CompileDocument | undefined;
  readonly functions: RouteFunctions;
  readonly onEncoded: OnEncoded;
  /** `undefined`: no route keeps answers. */
  readonly cache: Cache | undefined;
}

/** @throws {TypeError} where a route contradicts the rest of the config; `weir check` finds the same with file and line. */
export function compileRoutes(parts: RouteParts): Routes {
  const { config, edge } = parts;
  const { internalHeaders, forwarded, via } = config.proxy;
  const filter = compileFieldFilter(internalHeaders, edge.forwarding.managed.has);
  const caches = new Map<string, RouteCache>();
  const cacheOf = (head: RequestHead): RouteCache | undefined => caches.get(index.match(head)?.name ?? '');
  const routes = config.routes.map((each) => {
    const cache = compileCache(each, parts);
    if (cache !== undefined) caches.set(each.name, cache);
    const keeping = [
      // A write by one route is to be seen by a read by another.
      ...(parts.cache !== undefined && admitsUnsafe(each.match.methods) ? [invalidatingLayer(cacheOf)] : []),
      ...(cache === undefined ? [] : [cache]),
    ];
    return compileRoute(each, parts, filter, keeping);
  });
  const index = new RouteIndex(routes);
  return {
    size: routes.length,
    rules: {
      filter,
      addForwardingFields: compileForwardingFields(forwarded, edge),
      nextVia: compileVia(via, config.directory),
      cleanQuery: edge.cleanQuery,
    },
    match: (head) => index.match(head),
    allowedMethods: (head) => index.allowedMethods(head),
  };
}

function compileRoute(config: RouteConfig, parts: RouteParts, filter: FieldFilter, keeping: readonly Layer[]): Route {
  const segments = parseRoutePath(config.match.path);
  if (typeof segments === 'string') throw new TypeError(`Cannot route "${config.name}": ${segments}`);
  const layers = compileLayers(config, parts, keeping);
  const { answer, upgrade } = compileAnswerer(config, segments, parts, filter);
  return {
    name: config.name,
    config,
    identify: config.auth === undefined ? undefined : parts.edge.require(config.auth),
    timeoutMs: config.timeoutMs,
    uploadTimeoutMs: config.timeoutMs ?? uploadTimeoutOf(config.upstream, parts.config),
    readParameters: compileParameters(segments),
    answer: layers.reduceRight<Answerer>(
      (next, layer) => layer.wrap(next),
      layers.some(({ readsAnswer }) => readsAnswer) ? askForPlain(answer) : answer,
    ),
    upgrade:
      upgrade &&
      layers.reduceRight<Upgrader>((next, layer) => (layer.wrapUpgrade ? layer.wrapUpgrade(next) : next), upgrade),
  };
}

/** Exactly one, as the schema of the route says. */
function compileAnswerer(
  config: RouteConfig,
  segments: readonly RouteSegment[],
  { config: { upstreams: definitions }, upstreams, graph, compileDocument }: RouteParts,
  filter: FieldFilter,
): { readonly answer: Answerer; readonly upgrade: Upgrader | undefined } {
  const { name, aggregate, document } = config;
  if (aggregate !== undefined) return { answer: compileAggregate(name, aggregate, upstreams), upgrade: undefined };
  if (document !== undefined) {
    if (compileDocument === undefined) throw new TypeError(`Cannot route "${name}": documents are not supported here`);
    return { answer: compileDocument(name, document, graph), upgrade: undefined };
  }
  const upstream = upstreams.get(config.upstream ?? '');
  if (upstream === undefined) {
    throw new TypeError(`Cannot route "${config.name}": there is no upstream "${config.upstream}" to send to`);
  }
  const definition = definitions.find((each) => each.name === config.upstream);
  const retry = definition === undefined || definition.kind === 'local' ? false : definition.retry;
  const maxReplayBytes = retry === false ? 0 : retry.maxBodyBytes;
  return compileForward({ config, segments, upstream, filter, maxReplayBytes });
}

/** A layer reads the body of the answer: it must come without content coding. */
function askForPlain(answerer: Answerer): Answerer {
  return (exchange) => {
    setField(exchange.headers, 'accept-encoding', 'identity');
    return answerer(exchange);
  };
}

/**
 * What stands around the answerer of a route, from outside to inside: coding for the client, then what is kept of answers, then what
 * changes requests and answers. A layer that the route does not ask for is not there.
 */
function compileLayers(
  { name, compress, transform }: RouteConfig,
  { config, functions, onEncoded }: RouteParts,
  keeping: readonly Layer[],
): readonly Layer[] {
  const compression = rulesOfRoute(config.compression, compress);
  const coding = compression === undefined ? [] : [compressionLayer(createCompressor(compression, onEncoded))];
  const changing =
    transform === undefined
      ? []
      : [transformLayer(compileTransform(transform, { route: name, code: functions.get(name) }))];
  return [...coding, ...keeping, ...changing];
}

function uploadTimeoutOf(name: string | undefined, { upstreams }: Config): number | undefined {
  const upstream = upstreams.find((each) => each.name === name);
  return upstream === undefined || upstream.kind === 'local' ? undefined : upstream.timeouts.uploadMs;
}
