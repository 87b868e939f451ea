import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { Yoga } from './create-yoga.ts';

export interface InProcessAnswer {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** How deep operations of local resolvers may nest: each level can start operations of its own. */
const MAX_DEPTH = 4;
const depthOf = new WeakMap<RequestContext, number>();

/**
 * Runs an operation for local code with the rules, the identity and the deadline of the request that the code works
 * for, without a hop over HTTP. What a rule refuses is an error of the answer.
 */
export async function runInProcess(
  yoga: Yoga,
  query: string,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: RequestContext,
): Promise<InProcessAnswer> {
  const depth = depthOf.get(context) ?? 0;
  if (depth >= MAX_DEPTH) {
    throw new WeirError('INTERNAL_ERROR', `Cannot run an operation for a resolver: ${MAX_DEPTH} levels deep already`);
  }
  const nested = nest(context);
  depthOf.set(nested, depth + 1);
  try {
    return await run(yoga, query, variables, nested);
  } catch (error) {
    // Rules refuse by throwing; what else is thrown is no answer.
    if (error instanceof GraphQLError) return { errors: [toFormatted(error)] };
    throw error;
  }
}

async function run(
  yoga: Yoga,
  query: string,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: RequestContext,
): Promise<InProcessAnswer> {
  const { parse, validate, contextFactory, execute, schema } = yoga.getEnveloped({ weir: context } as never);
  const document = parse(query);
  const errors = validate(schema, document) as readonly GraphQLError[];
  if (errors.length > 0) return { errors: errors.map(toFormatted) };
  const contextValue = await contextFactory();
  const { data, errors: failures } = (await execute({
    schema,
    document,
    contextValue,
    variableValues: variables ?? {},
  })) as ExecutionResult;
  return { data, ...(failures && { errors: failures.map(toFormatted) }) };
}

/** The same request, with facts for the log of its own. */
function nest(context: RequestContext): RequestContext & Pick<RequestScope, 'facts'> {
  const { requestId, headers, clientAddress, identity, signal, deadlineMs, traceContext, scoped } = context;
  return {
    requestId,
    headers,
    clientAddress,
    identity,
    signal,
    deadlineMs,
    traceContext,
    scoped,
    facts: { route: '' },
  };
}

/** Engines give formatted errors, plugins instances. */
function toFormatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
