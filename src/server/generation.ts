import type { Config } from '../config/config.ts';
import { hasGraph } from '../config/graph-upstreams.ts';
import { type CompiledEdge, createEdge } from '../edge/create-edge.ts';
import type { Graph } from '../graphql/graph.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { type Cache, openCache } from '../proxy/cache/open-cache.ts';
import { compileRoutes } from '../proxy/compile-routes.ts';
import type { Routes } from '../proxy/route.ts';
import { loadRouteFunctions } from '../proxy/transform/load-route-functions.ts';
import type { SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createUpstreams, type Upstreams } from '../transport/create-upstreams.ts';
import type { TransportEvent } from '../transport/events.ts';
import { closeAll } from './close-all.ts';
import { keepStringsFast } from './fast-strings.ts';
import { observeCache } from './observe-cache.ts';
import { observeCompression } from './observe-compression.ts';
import { observeEdge } from './observe-edge.ts';

/** Longest wait at start for the stores of limits and of kept answers, milliseconds. */
const STORE_WAIT_MS = 2_000;

/** One config in service, from its upstreams to its graph. A reload opens another beside it and closes it afterwards. */
export interface Generation {
  readonly config: Config;
  readonly edge: CompiledEdge;
  readonly upstreams: Upstreams;
  /** Where GraphQL is served; `undefined`: it is not. */
  readonly graphqlPath: string | undefined;
  /** `undefined` until there is something to serve. */
  graph(): Graph | undefined;
  readonly routes: Routes;
  /** `undefined`: no route keeps answers. */
  readonly cache: Cache | undefined;
  /** `undefined`: no graph is served. */
  readonly supergraph: SupergraphWatcher | undefined;
  /** Puts it in the place of the former one: until then, that one checks its upstreams, and its figures hold. */
  takeOver(): void;
  close(): Promise<void>;
}

type Closers = (() => unknown)[];

/** What outlives a generation. */
export interface GenerationParts {
  readonly telemetry: Telemetry;
  readonly isDev: boolean;
  readonly onTransportEvent: (event: TransportEvent) => void;
}

/**
 * @param former the generation before it: connections, breakers and health of unchanged upstreams go on. Where this one does not
 *   take over, that one is as it was.
 */
export async function openGeneration(config: Config, parts: GenerationParts, former?: Generation): Promise<Generation> {
  const opened: Closers = [];
  try {
    return await open(config, parts, former, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function open(
  config: Config,
  parts: GenerationParts,
  former: Generation | undefined,
  opened: Closers,
): Promise<Generation> {
  const { logger, metrics } = parts.telemetry;
  const plugins = await loadPlugins(config.plugins, config.directory);
  const functions = await loadRouteFunctions(config);
  const edge = createEdge(config, observeEdge(logger, metrics), former?.edge);
  opened.push(() => edge.close());
  // Without the store the gateway serves all the same, by each limit's `on_store_failure`.
  await edge.waitUntilReady(STORE_WAIT_MS);
  const cache = openCache(config, observeCache(logger, metrics), former?.cache);
  opened.push(() => cache?.close());
  await cache?.store.waitUntilReady(STORE_WAIT_MS);
  const reached = config.upstreams.filter((upstream) => upstream.kind !== 'local');
  const { onTransportEvent: onEvent } = parts;
  const credentials = new Map(reached.map(({ name, auth }) => [name, edge.forwarding.credentialsOf(name, auth)]));
  const credentialsOf = (name: string) => credentials.get(name);
  const upstreams = createUpstreams(reached, { onEvent, credentialsOf }, former?.upstreams);
  opened.push(() => upstreams.close());

  const onEncoded = observeCompression(metrics);
  // What a graph needs is half of all code: it is not loaded where nothing asks for it.
  const service = hasGraph(config)
    ? (await import('./graph-service.ts')).createGraphService(
        config,
        { ...parts, edge, upstreams, plugins, onEncoded },
        former?.graph(),
      )
    : undefined;
  opened.push(() => service?.close());
  const graph = () => service?.graph();
  const compileDocument = config.routes.some(({ document }) => document !== undefined)
    ? (await import('../proxy/document/compile-document.ts')).compileDocument
    : undefined;
  const routes = compileRoutes({ config, edge, upstreams, graph, compileDocument, functions, cache, onEncoded });
  await service?.start();
  // All code is loaded by now, that of plugins and resolvers too.
  keepStringsFast();

  return {
    config,
    edge,
    upstreams,
    graphqlPath: hasGraph(config) ? config.graphql.path : undefined,
    graph,
    routes,
    cache,
    supergraph: service?.supergraph,
    takeOver: upstreams.takeOver,
    close: () => closeAll(opened),
  };
}
