import { createCompiledEngine } from '../../src/engine/compiled-engine.ts';
import type { Engine } from '../../src/planner/engine.ts';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import type { Subgraph } from '../../src/subgraphs/subgraph.ts';
import type { Supergraph } from '../../src/supergraph/supergraph.ts';

/** Every engine that must answer alike. */
export function createEngines(supergraph: Supergraph, subgraphs: ReadonlyMap<string, Subgraph>): readonly Engine[] {
  return [
    createStitchEngine(supergraph, subgraphs),
    createCompiledEngine({ supergraphSdl: supergraph.sdl, apiSchema: supergraph.apiSchema, subgraphs }),
  ];
}
