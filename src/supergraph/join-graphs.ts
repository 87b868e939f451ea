import { type DocumentNode, Kind } from 'graphql';
import { stringArgument } from './directive-arguments.ts';

/** One subgraph of a supergraph, as its value in the enum `join__Graph` describes it. */
export interface JoinGraph {
  /** The upstream's name, as its owner wrote it. */
  readonly name: string;
  /** The value in `join__Graph`, the name that the `graph:` arguments of the join directives use. */
  readonly enumValue: string;
  /** The endpoint; `''` where the supergraph names none. */
  readonly url: string;
}

/**
 * The subgraphs of a supergraph by name, in the order of the SDL. Reads join v0.1 to v0.5, which write this part alike.
 *
 * @throws {Error} If the document has no `join__Graph`, thus is no supergraph, or names a subgraph twice.
 */
export function readJoinGraphs(supergraph: DocumentNode): ReadonlyMap<string, JoinGraph> {
  const graphs = new Map<string, JoinGraph>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const directive = value.directives?.find(({ name }) => name.value === 'join__graph');
      const enumValue = value.name.value;
      const name = stringArgument(directive, 'name') ?? enumValue;
      if (graphs.has(name)) throw new Error(`Cannot read the supergraph: it names the subgraph "${name}" twice`);
      graphs.set(name, { name, enumValue, url: stringArgument(directive, 'url') ?? '' });
    }
  }
  if (graphs.size === 0) {
    throw new Error(
      'Cannot read the supergraph: it has no enum "join__Graph". Expected a composed supergraph, not the schema of one service or of its clients',
    );
  }
  return graphs;
}
