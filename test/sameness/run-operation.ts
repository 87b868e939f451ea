import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type GraphQLSchema, parse } from 'graphql';
import type { Identity } from '../../src/edge/request-context.ts';
import { coerceVariables } from '../../src/planner/coerce-variables.ts';
import type { Engine } from '../../src/planner/engine.ts';
import { normaliserOf } from '../../src/planner/normalise.ts';
import type { Answer } from './answer.ts';
import type { RandomOperation } from './random-operation.ts';

/**
 * Runs an operation as the gateway does: coerced, normalised, and answered without an engine where it is empty.
 * @returns the reason where the engine declines it.
 */
export async function runOperation(
  engine: Engine,
  apiSchema: GraphQLSchema,
  { text, variables: raw }: RandomOperation,
  identity: Identity | null = null,
): Promise<Answer | string> {
  const normaliser = normaliserOf(apiSchema, parse(text), null);
  const coerced = coerceVariables(apiSchema, normaliser.definition, raw);
  if (coerced.errors !== undefined) return { dataText: 'null', errors: coerced.errors };
  const operation = normaliser.apply(coerced.variables);
  if (operation.isEmpty) return { dataText: '{}', errors: [] };
  await engine.prepare?.(operation);
  const declined = engine.declines(operation);
  if (declined !== undefined) return declined;
  const response = await engine.execute({
    operation,
    variables: coerced.variables,
    context: {
      requestId: 'sameness',
      headers: {},
      clientAddress: '127.0.0.1',
      identity,
      signal: new AbortController().signal,
      deadlineMs: Number.POSITIVE_INFINITY,
      traceContext: ROOT_CONTEXT,
      scoped: new Map(),
    },
  });
  return {
    dataText: 'dataText' in response ? response.dataText : JSON.stringify(response.data),
    errors: response.errors ?? [],
  };
}
