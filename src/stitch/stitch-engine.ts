import { type ExecutionArgs, execute, subscribe } from '@graphql-tools/executor';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { Engine, EngineRequest, EngineResponse } from '../planner/engine.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { toClientError } from './client-error.ts';
import { createDelegableDocuments } from './delegable-document.ts';
import { type DelegatedError, type ErrorLedger, openLedger } from './error-ledger.ts';
import { indexJoins } from './join-index.ts';
import { splitMutation } from './split-mutation.ts';
import { buildStitchedSchema, type StitchOptions } from './stitched-schema.ts';
import { createDelegationJudge } from './undelegable.ts';

/** The interpreter: complete and portable, runs wherever Node runs. */
export interface StitchEngine extends Engine {
  readonly name: 'stitch';
  /** Executes with a context value of `{ request: RequestContext }`. */
  readonly schema: GraphQLSchema;
  /** One response for each event; a single response where the subscription cannot start. */
  subscribe(request: EngineRequest): Promise<AsyncIterable<EngineResponse> | EngineResponse>;
}

interface StitchContext {
  readonly request: RequestContext;
}

/** @throws {Error} See {@link buildStitchedSchema}. */
export function createStitchEngine(
  supergraph: Supergraph,
  subgraphs: ReadonlyMap<string, Subgraph>,
  options: Pick<StitchOptions, 'formatError'> = {},
): StitchEngine {
  const contextOf = (contextValue: unknown) => (contextValue as StitchContext).request;
  const schema = buildStitchedSchema(supergraph, subgraphs, { ...options, contextOf });
  const toDelegable = createDelegableDocuments(supergraph);
  const judge = createDelegationJudge(supergraph.apiSchema, indexJoins(supergraph));
  const toArguments = (document: DocumentNode, { variables, context }: EngineRequest) =>
    ({
      schema,
      document,
      variableValues: { ...variables },
      contextValue: { request: context } satisfies StitchContext,
    }) satisfies ExecutionArgs;

  return {
    name: 'stitch',
    schema,
    declines: ({ kind, document }) =>
      kind === OperationTypeNode.SUBSCRIPTION ? 'a subscription has many responses' : judge(document),
    async execute(request) {
      const { document, restore } = toDelegable(request.operation);
      const responses: DataResponse[] = [];
      for (const part of splitMutation(document)) {
        const args = toArguments(part, request);
        const ledger = openLedger(args.contextValue);
        responses.push(toResponse(await executePart(args), ledger));
        // A root field that may not be null has failed: the ones after it would have no place (GraphQL §6.2.2).
        if (responses.at(-1)?.data === null) break;
      }
      return restore(joinResponses(responses));
    },
    async subscribe(request) {
      const { document, restore } = toDelegable(request.operation);
      const results = await subscribe(toArguments(document, request));
      return Symbol.asyncIterator in results
        ? toResponses(results as AsyncIterable<Result>, restore)
        : restore(toResponse(results as Result));
    },
  };
}

interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
}

async function* toResponses(
  results: AsyncIterable<Result>,
  restore: (response: EngineResponse) => EngineResponse,
): AsyncGenerator<EngineResponse, void, undefined> {
  for await (const result of results) yield restore(toResponse(result));
}

/** The executor rejects where an abstract type fails to resolve to one of its types. */
async function executePart(args: ExecutionArgs): Promise<Result> {
  try {
    return (await execute(args)) as Result;
  } catch (thrown) {
    const originalError = thrown instanceof Error ? thrown : new Error('The execution failed', { cause: thrown });
    return { errors: [new GraphQLError(originalError.message, { originalError })] };
  }
}

type DataResponse = Extract<EngineResponse, { readonly data: unknown }>;

function joinResponses(responses: readonly DataResponse[]): DataResponse {
  const [first] = responses;
  if (first !== undefined && responses.length === 1) return first;
  const errors = responses.flatMap((response) => response.errors ?? []);
  const data = responses.some((response) => response.data === null)
    ? null
    : Object.assign({}, ...responses.map((response) => response.data));
  return errors.length > 0 ? { data, errors } : { data };
}

function toResponse({ data = null, errors = [] }: Result, ledger?: ErrorLedger): DataResponse {
  const clientErrors = [...errors.map(toClientError), ...lostErrors(ledger?.unreported ?? [], data, errors.length > 0)];
  return clientErrors.length > 0 ? { data, errors: withoutRepetitions(clientErrors) } : { data };
}

/**
 * Errors that no field reports: those without a path, and, so that no failure goes unseen, those of a response that has
 * nulls and would otherwise have no error (such as of a field that only a `@requires` needs). Their paths mean nothing to
 * clients. Where there is no null, the failure cost the client nothing.
 */
function lostErrors(unreported: readonly DelegatedError[], data: unknown, hasErrors: boolean): GraphQLFormattedError[] {
  if (unreported.length === 0) return [];
  const hasUnexplainedNull = !hasErrors && hasNull(data);
  return unreported
    .filter(({ sourcePath }) => hasUnexplainedNull || sourcePath === undefined)
    .map(({ message, clientExtensions }) => ({ message, extensions: clientExtensions }));
}

function hasNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(hasNull));
}

function withoutRepetitions(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  const seen = new Set<string>();
  return errors.filter(({ message, path }) => {
    const key = JSON.stringify([path, message]);
    return seen.has(key) ? false : seen.add(key);
  });
}
