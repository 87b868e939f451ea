import type { Store } from '@envelop/rate-limiter';
import type { Config } from '../config/config.ts';
import { createEdge } from '../edge/create-edge.ts';
import type { Edge } from '../edge/edge.ts';
import type { Plugin } from '../graphql/context.ts';
import { buildGraph, type Graph } from '../graphql/graph.ts';
import { runInProcess } from '../graphql/run-in-process.ts';
import type { SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
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

export interface GenerationParts {
  readonly telemetry: Telemetry;
  readonly plugins: readonly Plugin[];
  readonly limitStore: Store;
}

export async function openGeneration(config: Config, parts: GenerationParts): Promise<Generation> {
  const { logger, metrics } = parts.telemetry;
  const edge = createEdge(config);
  let graph: Graph | undefined;
  const put = (loaded: NonNullable<SupergraphWatcher['current']>): void => {
    try {
      graph = buildGraph(loaded.supergraph, loaded.subgraphs, { ...parts, config, logger, metrics });
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'served' });
      logger.info({ supergraph: loaded.supergraph.hash, upstreams: [...loaded.subgraphs.keys()] }, 'Graph in service');
    } catch (error) {
      metrics.add('weir.supergraph.reloads', { 'weir.outcome': 'refused' });
      logger.error({ err: error }, 'Cannot serve the new graph; the one in service stays');
    }
  };
  const { supergraph, close } = watchSupergraph(config, {
    telemetry: parts.telemetry,
    onChange: put,
    run: (query, variables, context) => {
      if (graph === undefined) throw new Error('Cannot run an operation: there is no graph yet');
      return runInProcess(graph.yoga, query, variables, context);
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
      await Promise.allSettled([edge.close(), close()]);
    },
  };
}
