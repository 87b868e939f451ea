import { validate } from 'graphql';
import type { Config } from '../config/config.ts';
import { createCompressor, type OnEncoded } from '../content-coding/compressor.ts';
import type { Limiter } from '../edge/limits/limiter.ts';
import { type CompiledEngine, createCompiledEngine } from '../engine/compiled-engine.ts';
import type { Engine } from '../planner/engine.ts';
import type { Operation } from '../planner/operation.ts';
import { createStitchEngine } from '../stitch/stitch-engine.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Plugin } from './context.ts';
import { createGraphQLServer, type Yoga } from './create-yoga.ts';
import { observeEngine } from './observe-engine.ts';
import { openFieldAuth } from './open-field-auth.ts';

/** How many operations are planned and compiled on a new supergraph before it serves. */
const WARM_OPERATIONS = 100;

/** One supergraph in service. Immutable: a new supergraph makes a new graph, and requests end on the one they began with. */
export interface Graph {
  readonly supergraph: Supergraph;
  readonly yoga: Yoga;
  /** Whether answers depend on `Accept-Encoding`. */
  readonly isCompressed: boolean;
  /** The operations most asked for, hottest first. */
  hottest(count: number): readonly Operation[];
}

export interface GraphParts {
  readonly config: Config;
  readonly limiter: Limiter;
  readonly plugins: readonly Plugin[];
  readonly isDev: boolean;
  readonly onEncoded: OnEncoded;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @param former the graph before it, whose hottest operations are prepared here before the swap. */
export async function buildGraph(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  parts: GraphParts,
  former?: Graph,
): Promise<Graph> {
  const { engines, compiled } = chooseEngines(supergraph, subgraphs, parts);
  const fieldAuth = openFieldAuth(supergraph, parts);
  const { compression } = parts.config;
  const yoga = createGraphQLServer({
    ...parts,
    compressor: compression.graphql ? createCompressor(compression, parts.onEncoded) : undefined,
    schema: supergraph.apiSchema,
    engines,
    fieldAuth,
    planner: compiled?.planner,
  });
  if (compiled !== undefined) await warmUp(compiled, supergraph, former?.hottest(WARM_OPERATIONS) ?? []);
  return { supergraph, yoga, isCompressed: compression.graphql, hottest: (count) => compiled?.hottest(count) ?? [] };
}

async function warmUp(
  engine: CompiledEngine,
  { apiSchema }: Supergraph,
  operations: readonly Operation[],
): Promise<void> {
  for (const operation of operations) {
    const isValid = validate(apiSchema, operation.document).length === 0;
    if (isValid) await engine.prepare(operation);
  }
}

interface Engines {
  /** In the order of preference. */
  readonly engines: readonly Engine[];
  readonly compiled: CompiledEngine | undefined;
}

/** What an engine declines goes to the next one. */
const ORDER = {
  auto: ['compiled', 'stitch'],
  compiled: ['compiled'],
  stitch: ['stitch', 'compiled'],
} as const satisfies Record<Config['graphql']['engine'], readonly Engine['name'][]>;

function chooseEngines(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  { config, logger, metrics }: GraphParts,
): Engines {
  const choice = config.graphql.engine;
  const stitch = createStitchEngine(supergraph, subgraphs);
  try {
    const compiled = createCompiledEngine({
      supergraphSdl: supergraph.sdl,
      apiSchema: supergraph.apiSchema,
      subgraphs,
      onEvent: observeEngine(metrics, logger),
    });
    return { engines: ORDER[choice].map((name) => (name === 'stitch' ? stitch : compiled)), compiled };
  } catch (error) {
    // Without the native planner the interpreter serves, unless the config insists.
    if (choice === 'compiled') throw error;
    metrics.add('weir.graphql.declined', { 'weir.engine': 'compiled', 'weir.reason': 'no_planner' });
    logger.warn({ err: error }, 'The compiled engine is not available; the stitch engine serves');
    return { engines: [stitch], compiled: undefined };
  }
}
