import type { ExecutionRequest, ExecutionResult, Executor } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { Subgraph, SubgraphResult } from '../subgraphs/subgraph.ts';
import type { FormatSubgraphError } from './subgraph-error.ts';
import { toSubgraphOperation } from './subgraph-operation.ts';

/** Binds a {@link Subgraph} to the interpreter. `contextOf` finds the request's context in GraphQL's context value. */
export function createSubgraphExecutor(
  subgraph: Subgraph,
  formatError: FormatSubgraphError,
  contextOf: (contextValue: unknown) => RequestContext,
): Executor {
  const toExecutionResult = ({ data, errors }: SubgraphResult): ExecutionResult =>
    errors === undefined || errors.length === 0
      ? { data }
      : { data, errors: errors.map((error) => locate(error, formatError(error, subgraph.name))) };

  return ((request: ExecutionRequest) => {
    const operation = toSubgraphOperation(request.document);
    const subgraphRequest = {
      operation,
      variables: request.variables,
      context: contextOf(request.context),
    };
    if (operation.kind === 'subscription') {
      if (subgraph.subscribe === undefined) {
        throw new GraphQLError('The field has no subscriptions', { extensions: { code: 'UPSTREAM_ERROR' } });
      }
      return subgraph.subscribe(subgraphRequest).then((results) => mapAsync(results, toExecutionResult));
    }
    const result = subgraph.execute(subgraphRequest);
    return result instanceof Promise ? result.then(toExecutionResult) : toExecutionResult(result);
  }) as Executor;
}

/** `path` stays that of the subgraph's operation here: delegation finds the place in the client's operation by it. */
function locate(
  error: { readonly path?: readonly (string | number)[]; readonly cause?: unknown },
  formatted: ReturnType<FormatSubgraphError>,
): GraphQLError {
  return new GraphQLError(formatted.message, {
    path: error.path,
    originalError: error.cause instanceof Error ? error.cause : undefined,
    extensions: formatted.extensions,
  });
}

async function* mapAsync<T, R>(source: AsyncIterable<T>, map: (value: T) => R): AsyncGenerator<R, void, undefined> {
  for await (const value of source) yield map(value);
}
