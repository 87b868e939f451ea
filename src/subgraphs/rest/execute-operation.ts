import { type ExecutionResult, execute, type GraphQLError, type GraphQLSchema } from 'graphql';
import { ERRORS, WeirError } from '../../errors.ts';
import { failureError } from '../failure.ts';
import type { SubgraphError, SubgraphRequest, SubgraphResult } from '../subgraph.ts';
import { readVariables } from '../subgraph-operation.ts';
import { ConnectorError } from './connector-error.ts';
import { RequestMemory } from './request-memory.ts';

/** Runs operations on a schema whose resolvers call connectors. */
export async function executeOperation(
  schema: GraphQLSchema,
  request: SubgraphRequest,
  owner: object,
): Promise<SubgraphResult> {
  const { context, operation } = request;
  const result: ExecutionResult = await execute({
    schema,
    document: operation.document,
    variableValues: readVariables(request),
    contextValue: { context, memory: RequestMemory.of(context, owner) },
  });
  const data = result.data === undefined ? {} : { data: result.data };
  return result.errors === undefined ? data : { ...data, errors: result.errors.map((error) => toSubgraphError(error)) };
}

function toSubgraphError(error: GraphQLError): SubgraphError {
  const { originalError, path } = error;
  const at = path === undefined ? {} : { path };
  if (originalError instanceof ConnectorError) {
    return { message: originalError.message, extensions: originalError.extensions, cause: originalError.cause, ...at };
  }
  if (originalError instanceof WeirError) {
    const { details } = originalError;
    const failure = failureError(originalError, path);
    return details === undefined ? failure : { ...failure, extensions: { ...details, ...failure.extensions } };
  }
  // Without a path the operation never started: its variables do not fit.
  if (path === undefined) return { message: error.message, extensions: { code: 'BAD_USER_INPUT' } };
  const isNull = error.message.startsWith('Cannot return null for non-nullable field ');
  if (originalError !== undefined && originalError.name !== 'GraphQLError' && !isNull)
    return failureError(originalError, path);
  // The answer's data does not fit the schema; only that of a null says nothing of the data itself.
  const message = isNull ? error.message : ERRORS.UPSTREAM_BAD_RESPONSE.message;
  return { message, extensions: { code: 'UPSTREAM_BAD_RESPONSE' }, cause: error, ...at };
}
