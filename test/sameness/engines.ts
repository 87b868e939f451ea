import { createCompiledEngine } from '../../src/engine/compiled-engine.ts';
import type { Engine } from '../../src/planner/engine.ts';
import type { PlannerName } from '../../src/planner/query-planner.ts';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import type { Subgraph } from '../../src/subgraphs/subgraph.ts';
import type { Supergraph } from '../../src/supergraph/supergraph.ts';

/**
 * Every engine that must answer alike.
 * @param planners who plans for the compiled engine. Default: Weir's own planner alone, so that nothing hides what it cannot do.
 */
export function createEngines(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  planners: readonly PlannerName[] = ['own'],
): readonly Engine[] {
  return [
    createStitchEngine(supergraph, subgraphs),
    createCompiledEngine({ supergraphSdl: supergraph.sdl, apiSchema: supergraph.apiSchema, subgraphs, planners }),
  ];
}
