import type { Config } from '../config/config.ts';
import type { OnEncoded } from '../content-coding/compressor.ts';
import type { CompiledEdge } from '../edge/create-edge.ts';
import { WeirError } from '../errors.ts';
import type { Plugin } from '../graphql/context.ts';
import { buildGraph, type Graph } from '../graphql/graph.ts';
import { runInProcess } from '../graphql/run-in-process.ts';
import { checkDocuments } from '../proxy/document/check-document.ts';
import type { LoadedSupergraph, SupergraphStatus, SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createUpstream } from '../transport/create-upstream.ts';
import type { Upstreams } from '../transport/create-upstreams.ts';
import type { TransportEvent } from '../transport/events.ts';
import type { Upstream } from '../transport/upstream.ts';
import { closeAll } from './close-all.ts';
import { watchSupergraph } from './watch-supergraph.ts';

/** The supergraph of one config, kept up to date, and the graph of it that is in service. */
export interface GraphService {
  /** `undefined` until {@link start}. */
  readonly supergraph: SupergraphWatcher | undefined;
  /** `undefined` until there is something to serve. */
  graph(): Graph | undefined;
  /** Resolves when the first graph is in service, or is known to be lacking. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface GraphServiceParts {
  readonly telemetry: Telemetry;
  readonly isDev: boolean;
  readonly edge: Pick<CompiledEdge, 'limiter' | 'forwarding'>;
  readonly upstreams: Pick<Upstreams, 'get'>;
  readonly plugins: readonly Plugin[];
  readonly onTransportEvent: (event: TransportEvent) => void;
  readonly onEncoded: OnEncoded;
}

/** @param former The graph of the config before, which serves until there is one of this. */
export function createGraphService(config: Config, parts: GraphServiceParts, former: Graph | undefined): GraphService {
  const { edge, plugins, isDev, onEncoded } = parts;
  const { logger, metrics } = parts.telemetry;
  /** Of subgraphs that only a supergraph from elsewhere names. */
  const unnamed = new Map<string, Upstream>();
  let supergraph: SupergraphWatcher | undefined;
  let graph = former;
  let building = Promise.resolve();

  const put = (loaded: LoadedSupergraph): Promise<void> => {
    building = building.then(async () => {
      graph = await buildGraph(
        loaded.supergraph,
        loaded.subgraphs,
        { config, plugins, limiter: edge.limiter, isDev, onEncoded, logger, metrics },
        graph,
      );
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'served' });
      logger.info({ supergraph: loaded.supergraph.hash, upstreams: [...loaded.subgraphs.keys()] }, 'Graph in service');
      for (const { route, message } of checkDocuments(config.routes, loaded.supergraph.apiSchema)) {
        logger.warn({ route, error: message }, 'The graph lacks what the document of a route asks for');
      }
    });
    building = building.catch((error: unknown) => {
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'refused' });
      logger.error({ err: error }, 'Cannot serve the new graph; the one in service stays');
    });
    return building;
  };

  return {
    get supergraph() {
      return supergraph;
    },
    graph: () => graph,
    async start() {
      supergraph = await watchSupergraph(config, {
        logger,
        listener: {
          onChange: put,
          onStatus: (status) => logStatus(logger, status),
          onError: (error) => logger.error({ err: error }, error.message),
        },
        transportOf(upstream) {
          const known = parts.upstreams.get(upstream.name) ?? unnamed.get(upstream.name);
          if (known !== undefined) return known;
          const credentials = edge.forwarding.credentialsOf(upstream.name, upstream.auth);
          const made = createUpstream(upstream, { onEvent: parts.onTransportEvent, credentials });
          unnamed.set(upstream.name, made);
          return made;
        },
        services: {
          async query(text, variables, context) {
            if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
            return runInProcess(graph.yoga, text, variables, context);
          },
          subgraph: (name) => supergraph?.current?.subgraphs.get(name),
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
      const first = await supergraph.start();
      if (first !== undefined) await put(first);
    },
    close: () =>
      closeAll([
        () => Promise.all([...unnamed.values()].map((each) => each.close())),
        () => building,
        () => supergraph?.close(),
      ]),
  };
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
