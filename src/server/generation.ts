import type { Config } from '../config/config.ts';
import { hasGraph } from '../config/graph-upstreams.ts';
import { type CompiledEdge, createEdge } from '../edge/create-edge.ts';
import { WeirError } from '../errors.ts';
import { buildGraph, type Graph } from '../graphql/graph.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { runInProcess } from '../graphql/run-in-process.ts';
import { type Cache, openCache } from '../proxy/cache/open-cache.ts';
import { compileRoutes } from '../proxy/compile-routes.ts';
import { checkDocuments } from '../proxy/document/check-document.ts';
import type { Routes } from '../proxy/route.ts';
import { loadRouteFunctions } from '../proxy/transform/load-route-functions.ts';
import type { LoadedSupergraph, SupergraphStatus, SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createUpstream } from '../transport/create-upstream.ts';
import { createUpstreams, type Upstreams } from '../transport/create-upstreams.ts';
import type { TransportEvent } from '../transport/events.ts';
import type { Upstream } from '../transport/upstream.ts';
import { keepStringsFast } from './fast-strings.ts';
import { observeCache } from './observe-cache.ts';
import { observeCompression } from './observe-compression.ts';
import { observeEdge } from './observe-edge.ts';
import { watchSupergraph } from './watch-supergraph.ts';

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
  readonly supergraph: SupergraphWatcher;
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
  /** Of subgraphs that only a supergraph from elsewhere names. */
  const unnamed = new Map<string, Upstream>();
  opened.push(() => Promise.all([...unnamed.values()].map((each) => each.close())));

  let graph = hasGraph(config) ? former?.graph() : undefined;
  const onEncoded = observeCompression(metrics);
  const routes = compileRoutes({ config, edge, upstreams, graph: () => graph, functions, cache, onEncoded });
  let building = Promise.resolve();
  opened.push(() => building);
  const put = ({ supergraph, subgraphs }: LoadedSupergraph): Promise<void> => {
    building = building.then(async () => {
      graph = await buildGraph(
        supergraph,
        subgraphs,
        { config, plugins, limiter: edge.limiter, isDev: parts.isDev, onEncoded, logger, metrics },
        graph,
      );
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'served' });
      logger.info({ supergraph: supergraph.hash, upstreams: [...subgraphs.keys()] }, 'Graph in service');
      for (const { route, message } of checkDocuments(config.routes, supergraph.apiSchema)) {
        logger.warn({ route, error: message }, 'The graph lacks what the document of a route asks for');
      }
    });
    building = building.catch((error: unknown) => {
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'refused' });
      logger.error({ err: error }, 'Cannot serve the new graph; the one in service stays');
    });
    return building;
  };

  const supergraph = await watchSupergraph(config, {
    logger,
    listener: {
      onChange: put,
      onStatus: (status) => logStatus(logger, status),
      onError: (error) => logger.error({ err: error }, error.message),
    },
    transportOf(upstream) {
      const known = upstreams.get(upstream.name) ?? unnamed.get(upstream.name);
      if (known !== undefined) return known;
      const credentials = edge.forwarding.credentialsOf(upstream.name, upstream.auth);
      const made = createUpstream(upstream, { onEvent, credentials });
      unnamed.set(upstream.name, made);
      return made;
    },
    services: {
      async query(text, variables, context) {
        if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
        return runInProcess(graph.yoga, text, variables, context);
      },
      subgraph: (name) => supergraph.current?.subgraphs.get(name),
    },
    onJoin: (upstream) => metrics.add('weir.upstream.joined', { 'weir.upstream': upstream }),
    auth: config.auth,
    onSubgraphError({ message, path, cause }, upstream, { requestId }) {
      logger.warn(
        { requestId, upstream, path, error: message, ...(cause !== undefined && { err: cause }) },
        'Upstream error',
      );
    },
  });
  opened.push(() => supergraph.close());
  const first = await supergraph.start();
  if (first !== undefined) await put(first);
  // All code is loaded by now, that of plugins and resolvers too.
  keepStringsFast();

  return {
    config,
    edge,
    upstreams,
    graphqlPath: hasGraph(config) ? config.graphql.path : undefined,
    graph: () => graph,
    routes,
    cache,
    supergraph,
    takeOver: upstreams.takeOver,
    close: () => closeAll(opened),
  };
}

/** Closes what was opened last first, and all of it: what cannot be closed does not keep the rest open. */
async function closeAll(opened: Closers): Promise<void> {
  for (const close of opened.toReversed()) {
    try {
      await close();
    } catch {}
  }
}

function logStatus(logger: Logger, { state, upstreams, fieldsLost }: SupergraphStatus): void {
  if (state === 'ready') {
    logger.info('The graph is whole again');
    return;
  }
  const notLive = upstreams.filter((upstream) => upstream.state !== 'live');
  logger.warn(
    { upstreams: notLive, fieldsLost },
    state === 'failed' ? 'There is no graph to serve' : 'The graph is not whole',
  );
}
