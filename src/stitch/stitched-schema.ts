import { filterInternalFieldsAndTypes, getStitchingOptionsFromSupergraphSdl } from '@graphql-tools/federation';
import { stitchSchemas } from '@graphql-tools/stitch';
import { parseSelectionSet } from '@graphql-tools/utils';
import { buildASTSchema, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { readFieldTypes } from '../supergraph/field-types.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { InterfaceOwner } from './concrete-types.ts';
import { expandInterfaceObjects, type InterfaceObjects } from './interface-objects.ts';
import { type InterfaceObjectNames, nameInterfaceObjects } from './name-interface-objects.ts';
import { placeErrors } from './place-errors.ts';
import { type FormatSubgraphError, passSubgraphError } from './subgraph-error.ts';
import { createSubgraphExecutor } from './subgraph-executor.ts';

export interface StitchOptions {
  /** Default: {@link passSubgraphError}. */
  readonly formatError?: FormatSubgraphError;
  /** Finds the request's context in GraphQL's context value. Default: the context value is the request's context. */
  readonly contextOf?: (contextValue: unknown) => RequestContext;
}

/**
 * An executable schema over the subgraphs: its resolvers delegate to them. It hides what is inaccessible.
 * Requests to one subgraph that arise in one turn of the event loop are sent as one, entity fetches in batches.
 *
 * @throws {Error} If the supergraph has a subgraph that `subgraphs` lacks.
 */
export function buildStitchedSchema(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  { formatError = passSubgraphError, contextOf = (value) => value as RequestContext }: StitchOptions = {},
): GraphQLSchema {
  const { document, objects } = expandInterfaceObjects(supergraph.document);
  const typesIn = readFieldTypes(supergraph.document);
  const executors = new Map(
    [...supergraph.graphs.values()].map(({ name, enumValue }) => {
      const subgraph = subgraphs.get(name);
      if (subgraph === undefined)
        throw new Error(`Cannot stitch the supergraph: it has no subgraph object for "${name}"`);
      const names = nameObjects(objects.get(enumValue), supergraph, subgraphs);
      return [enumValue, createSubgraphExecutor(subgraph, typesIn(enumValue), formatError, contextOf, names)] as const;
    }),
  );
  const options = getStitchingOptionsFromSupergraphSdl({
    supergraphSdl: document,
    batch: true,
    // Every request is a new key: a cache would only keep them all, for as long as a subscription lives.
    batchingOptions: { dataLoaderOptions: { cache: false } },
    onSubschemaConfig: (config) => {
      const executor = executors.get(config.name);
      if (executor !== undefined) config.executor = executor as typeof config.executor;
    },
  });
  const { schemaExtensions, ...rest } = options;
  const schema = stitchSchemas(schemaExtensions ? { ...rest, schemaExtensions } : rest);
  return placeErrors(filterInternalFieldsAndTypes(schema));
}

function nameObjects(
  objects: InterfaceObjects | undefined,
  { graphs, document }: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
): InterfaceObjectNames | undefined {
  if (objects === undefined) return undefined;
  const owners = new Map<string, InterfaceOwner>();
  for (const [name, { graph, key }] of objects.owners) {
    const found = [...graphs.values()].find(({ enumValue }) => enumValue === graph);
    const subgraph = found === undefined ? undefined : subgraphs.get(found.name);
    const selectionSet = parseSelectionSet(`{ ${key} }`, { noLocation: true });
    if (subgraph !== undefined) owners.set(name, { subgraph, key: selectionSet });
  }
  return nameInterfaceObjects(
    objects.standIns,
    owners,
    buildASTSchema(document, { assumeValidSDL: true, assumeValid: true }),
  );
}
