import type { ExecutionRequest, ExecutionResult, Executor } from '@graphql-tools/utils';
import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import { type DistinctKeys, type FieldTypes, makeKeysDistinct } from '../subgraphs/distinct-keys.ts';
import type { Subgraph, SubgraphOperation, SubgraphResult } from '../subgraphs/subgraph.ts';
import { DelegatedError, ledgerOf } from './error-ledger.ts';
import { takeOutFailed } from './failed-representations.ts';
import type { InterfaceObjectNames } from './name-interface-objects.ts';
import type { FormatSubgraphError } from './subgraph-error.ts';
import { toSubgraphOperation } from './subgraph-operation.ts';

/** Binds a {@link Subgraph} to the interpreter. `contextOf` finds the request's context in GraphQL's context value. */
export function createSubgraphExecutor(
  subgraph: Subgraph,
  types: FieldTypes,
  formatError: FormatSubgraphError,
  contextOf: (contextValue: unknown) => RequestContext,
  interfaceObjects?: InterfaceObjectNames,
): Executor {
  const requests = new WeakMap<DocumentNode, DistinctKeys>();

  /** What is sent in place of a document: the subgraph would refuse conflicting fields. */
  function toDistinct(document: DocumentNode): DistinctKeys {
    let distinct = requests.get(document);
    if (distinct === undefined) {
      const operation = toSubgraphOperation(document);
      distinct = makeKeysDistinct(operation, types) ?? { operation, restore: (result) => result };
      requests.set(document, distinct);
    }
    return distinct;
  }

  function toExecutionResult({ data, errors = [] }: SubgraphResult, contextValue: unknown): ExecutionResult {
    if (errors.length === 0) return { data };
    const ledger = ledgerOf(contextValue);
    const delegated = errors.map((error) => {
      const formatted = formatError(error, subgraph.name);
      return ledger?.add(error, formatted) ?? new DelegatedError(error, formatted);
    });
    return { data, errors: delegated };
  }

  async function subscribe(request: ExecutionRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    if (subgraph.subscribe === undefined) {
      return toExecutionResult({ errors: [{ message: 'The field has no subscriptions' }] }, request.context);
    }
    const { operation, restore } = toDistinct(request.document);
    const results = await subgraph.subscribe(toRequest(request, operation));
    return mapResults(results, (result) => toExecutionResult(restore(result), request.context));
  }

  function toRequest({ variables, context }: ExecutionRequest, operation: SubgraphOperation) {
    return { operation, variables, context: contextOf(context) };
  }

  function send(request: ExecutionRequest): SubgraphResult | Promise<SubgraphResult> {
    const { operation, restore } = toDistinct(request.document);
    return handle(subgraph.execute(toRequest(request, operation)), restore);
  }

  function run(request: ExecutionRequest): ExecutionResult | Promise<ExecutionResult> {
    if (interfaceObjects !== undefined) return runNamed(interfaceObjects, request);
    return handle(send(request), (result) =>
      toExecutionResult(withoutSurplus(result, request.document), request.context),
    );
  }

  async function runNamed(names: InterfaceObjectNames, request: ExecutionRequest): Promise<ExecutionResult> {
    const result = withoutSurplus(await send(names.request(request)), request.document);
    return toExecutionResult(await names.result(result, request, contextOf(request.context)), request.context);
  }

  return ((request: ExecutionRequest) => {
    if (toSubgraphOperation(request.document).kind === 'subscription') return subscribe(request);
    const sound = takeOutFailed(request);
    if (sound === undefined) return run(request);
    if (sound.isIdle) return sound.restore({ data: {} });
    return handle(run({ ...request, variables: sound.variables }), sound.restore);
  }) as Executor;
}

/** Splitting the result of a batch takes every root field for one of its parts: those that nobody asked for are dropped. */
function withoutSurplus(result: SubgraphResult, document: DocumentNode): SubgraphResult {
  const { data } = result;
  if (typeof data !== 'object' || data === null) return result;
  const asked = rootKeysOf(document);
  const keys = Object.keys(data);
  if (keys.every((key) => asked.has(key))) return result;
  return { ...result, data: Object.fromEntries(keys.filter((key) => asked.has(key)).map((key) => [key, data[key]])) };
}

const rootKeys = new WeakMap<DocumentNode, ReadonlySet<string>>();

function rootKeysOf(document: DocumentNode): ReadonlySet<string> {
  let keys = rootKeys.get(document);
  if (keys === undefined) {
    const fragments = new Map<string, SelectionSetNode>();
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node.selectionSet);
    }
    const found = new Set<string>();
    const collect = (selectionSet: SelectionSetNode | undefined): void => {
      for (const node of selectionSet?.selections ?? []) {
        if (node.kind === Kind.FIELD) found.add((node.alias ?? node.name).value);
        else collect(node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value));
      }
    };
    for (const node of document.definitions) if (node.kind === Kind.OPERATION_DEFINITION) collect(node.selectionSet);
    keys = found;
    rootKeys.set(document, keys);
  }
  return keys;
}

function handle<T, R>(value: T | Promise<T>, map: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(map) : map(value);
}

async function* mapResults<T, R>(source: AsyncIterable<T>, map: (value: T) => R): AsyncGenerator<R, void, undefined> {
  for await (const value of source) yield map(value);
}
