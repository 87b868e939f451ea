import { execute } from '@graphql-tools/executor';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Engine, EngineRequest, EngineResponse } from '../planner/engine.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { buildStitchedSchema, type StitchOptions } from './stitched-schema.ts';

/** The interpreter: complete and portable, runs wherever Node runs. It declines nothing but subscriptions. */
export function createStitchEngine(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  options: StitchOptions = {},
): Engine {
  const schema = buildStitchedSchema(supergraph, subgraphs, options);
  return {
    name: 'stitch',
    declines: ({ kind }) => (kind === 'subscription' ? 'subscriptions run on the stitched schema itself' : undefined),
    async execute({ operation, variables, context }: EngineRequest): Promise<EngineResponse> {
      const result = await execute({
        schema,
        document: operation.document,
        variableValues: variables as Record<string, unknown>,
        contextValue: context,
      });
      const { data = null, errors } = result as { data?: Record<string, unknown> | null; errors?: GraphQLError[] };
      return errors === undefined ? { data } : { data, errors: errors.map(toClientError) };
    },
  };
}

function toClientError(error: GraphQLError): GraphQLFormattedError {
  return error.toJSON();
}
