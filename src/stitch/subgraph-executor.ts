import type { ExecutionRequest, ExecutionResult, Executor } from '@graphql-tools/utils';
import type { RequestContext } from '../edge/request-context.ts';
import type { Subgraph, SubgraphResult } from '../subgraphs/subgraph.ts';
import { DelegatedError, ledgerOf } from './error-ledger.ts';
import type { FormatSubgraphError } from './subgraph-error.ts';
import { toSubgraphOperation } from './subgraph-operation.ts';

/** Binds a {@link Subgraph} to the interpreter. `contextOf` finds the request's context in GraphQL's context value. */
export function createSubgraphExecutor(
  subgraph: Subgraph,
  formatError: FormatSubgraphError,
  contextOf: (contextValue: unknown) => RequestContext,
): Executor {
  function toExecutionResult({ data, errors = [] }: SubgraphResult, contextValue: unknown): ExecutionResult {
    if (errors.length === 0) return { data };
    const ledger = ledgerOf(contextValue);
    const delegated = errors.map((error) => new DelegatedError(error, formatError(error, subgraph.name)));
    for (const error of delegated) ledger?.add(error);
    return { data, errors: delegated };
  }

  async function subscribe(request: ExecutionRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    if (subgraph.subscribe === undefined) {
      return toExecutionResult({ errors: [{ message: 'The field has no subscriptions' }] }, request.context);
    }
    const results = await subgraph.subscribe(toRequest(request));
    return mapResults(results, (result) => toExecutionResult(result, request.context));
  }

  function toRequest({ document, variables, context }: ExecutionRequest) {
    return { operation: toSubgraphOperation(document), variables, context: contextOf(context) };
  }

  return ((request: ExecutionRequest) => {
    if (toSubgraphOperation(request.document).kind === 'subscription') return subscribe(request);
    const result = subgraph.execute(toRequest(request));
    return result instanceof Promise
      ? result.then((value) => toExecutionResult(value, request.context))
      : toExecutionResult(result, request.context);
  }) as Executor;
}

async function* mapResults<T, R>(source: AsyncIterable<T>, map: (value: T) => R): AsyncGenerator<R, void, undefined> {
  for await (const value of source) yield map(value);
}
