import type { Store } from '@envelop/rate-limiter';
import type { Config } from '../config/config.ts';
import { createEdge } from '../edge/create-edge.ts';
import type { Edge } from '../edge/edge.ts';
import { WeirError } from '../errors.ts';
import { buildGraph, type Graph } from '../graphql/graph.ts';
import { loadPlugins } from '../graphql/load-plugins.ts';
import { runInProcess } from '../graphql/run-in-process.ts';
import type { SupergraphStatus, SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createUpstream } from '../transport/create-upstream.ts';
import type { Upstream } from '../transport/upstream.ts';
import { watchSupergraph } from './watch-supergraph.ts';

/** One config in service, from its upstreams to its graph. A reload opens another beside it and closes it afterwards. */
export interface Generation {
  readonly config: Config;
  readonly edge: Edge;
  /** `undefined` until there is something to serve. */
  graph(): Graph | undefined;
  readonly supergraph: SupergraphWatcher;
  close(): Promise<void>;
}

/** What outlives a generation. */
export interface GenerationParts {
  readonly telemetry: Telemetry;
  readonly limitStore: Store;
}

export async function openGeneration(config: Config, parts: GenerationParts): Promise<Generation> {
  const { logger, metrics } = parts.telemetry;
  const edge = createEdge(config);
  const plugins = await loadPlugins(config.plugins, config.directory);
  let graph: Graph | undefined;
  const put = (loaded: NonNullable<SupergraphWatcher['current']>): void => {
    try {
      graph = buildGraph(loaded.supergraph, loaded.subgraphs, {
        config,
        plugins,
        limitStore: parts.limitStore,
        logger,
        metrics,
      });
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'served' });
      logger.info({ supergraph: loaded.supergraph.hash, upstreams: [...loaded.subgraphs.keys()] }, 'Graph in service');
    } catch (error) {
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'refused' });
      logger.error({ err: error }, 'Cannot serve the new graph; the one in service stays');
    }
  };
  const upstreams = new Map<string, Upstream>();
  const supergraph = await watchSupergraph(config, {
    logger,
    listener: {
      onChange: put,
      onStatus: (status) => logStatus(logger, status),
      onError: (err) => logger.error({ err }, err.message),
    },
    transportOf(upstream) {
      const known = upstreams.get(upstream.name) ?? createUpstream(upstream);
      upstreams.set(upstream.name, known);
      return known;
    },
    services: {
      async query(text, variables, context) {
        if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
        return runInProcess(graph.yoga, text, variables, context);
      },
      subgraph: (name) => supergraph.current?.subgraphs.get(name),
    },
  });
  const first = await supergraph.start();
  if (first !== undefined) put(first);
  return {
    config,
    edge,
    graph: () => graph,
    supergraph,
    async close() {
      await supergraph.close();
      await Promise.allSettled([edge.close(), ...[...upstreams.values()].map((upstream) => upstream.close())]);
    },
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
