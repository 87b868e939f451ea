import type { Store } from '@envelop/rate-limiter';
import type { Config } from '../config/config.ts';
import type { Engine } from '../planner/engine.ts';
import { createStitchEngine } from '../stitch/stitch-engine.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Plugin } from './context.ts';
import { createGraphQLServer, type Yoga } from './create-yoga.ts';

/** One supergraph in service. Immutable: a new supergraph makes a new graph, and requests end on the one they began with. */
export interface Graph {
  readonly supergraph: Supergraph;
  readonly yoga: Yoga;
}

export interface GraphParts {
  readonly config: Config;
  readonly limitStore: Store;
  readonly plugins: readonly Plugin[];
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function buildGraph(supergraph: Supergraph, subgraphs: ReadonlyMap<string, Subgraph>, parts: GraphParts): Graph {
  const yoga = createGraphQLServer({
    ...parts,
    schema: supergraph.apiSchema,
    engines: chooseEngines(supergraph, subgraphs),
  });
  return { supergraph, yoga };
}

function chooseEngines(supergraph: Supergraph, subgraphs: ReadonlyMap<string, Subgraph>): Engine[] {
  return [createStitchEngine(supergraph, subgraphs)];
}
