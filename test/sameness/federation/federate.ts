import { composeSupergraph } from '../../../src/supergraph/compose.ts';
import { readSupergraph, type Supergraph } from '../../../src/supergraph/supergraph.ts';
import type { Fixture } from './fixture.ts';
import { createInProcessSubgraph, type InProcessSubgraph } from './in-process-subgraph.ts';
import { buildMonolith, type Monolith } from './monolith.ts';

/** A fixture as a federation and as a monolith. */
export interface Federation {
  readonly fixture: Fixture;
  readonly supergraph: Supergraph;
  readonly subgraphs: ReadonlyMap<string, InProcessSubgraph>;
  readonly monolith: Monolith;
}

/** @throws {Error} with all that keeps the subgraphs from composing. */
export function federate(fixture: Fixture): Federation {
  const subgraphs = Object.keys(fixture.subgraphs).map((name) => createInProcessSubgraph(fixture, name));
  const composition = composeSupergraph(subgraphs);
  if ('errors' in composition) {
    throw new Error(
      `${fixture.name} does not compose:\n${composition.errors.map(({ message }) => message).join('\n')}`,
    );
  }
  const supergraph = readSupergraph(composition.sdl);
  return {
    fixture,
    supergraph,
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])),
    monolith: buildMonolith(fixture, supergraph.apiSchema),
  };
}
