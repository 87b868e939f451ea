import { type ExecutionResult, GraphQLError } from 'graphql';
import { ERRORS, WeirError } from '../../errors.ts';
import { failureError } from '../failure.ts';
import type { SubgraphError, SubgraphResult } from '../subgraph.ts';

/**
 * The result of graphql-js as a subgraph's. A `GraphQLError` that a resolver throws is meant for clients; any other exception
 * is masked, and is the `cause` for the log.
 */
export function toSubgraphResult({ data, errors }: ExecutionResult): SubgraphResult {
  return {
    data: (data as Record<string, unknown> | null | undefined) ?? null,
    ...(errors && errors.length > 0 ? { errors: errors.map(toSubgraphError) } : {}),
  };
}

function toSubgraphError(error: GraphQLError): SubgraphError {
  const { originalError: original, path } = error;
  if (original !== undefined && original !== null && !isGraphqlError(original)) {
    const masked = failureError(original, path);
    // A client audience says that the message was built from what the client sent.
    const isForClient = original instanceof WeirError && ERRORS[original.code].audience === 'client';
    return isForClient ? { ...masked, message: original.clientMessage } : masked;
  }
  return {
    message: error.message,
    ...(path === undefined ? {} : { path }),
    ...(Object.keys(error.extensions).length === 0 ? {} : { extensions: error.extensions }),
  };
}

/** By name too: a module of the user's may import a copy of graphql of its own. */
function isGraphqlError(error: unknown): boolean {
  return error instanceof GraphQLError || (error instanceof Error && error.name === 'GraphQLError');
}
