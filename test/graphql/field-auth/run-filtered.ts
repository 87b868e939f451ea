import { type GraphQLSchema, parse } from 'graphql';
import type { RequestContext } from '../../../src/edge/request-context.ts';
import type { FieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { type FilteredOperation, filterOperation } from '../../../src/graphql/field-auth/filter-operation.ts';
import type { ProtectedField } from '../../../src/graphql/field-auth/protections.ts';
import { coerceVariables } from '../../../src/planner/coerce-variables.ts';
import type { Engine } from '../../../src/planner/engine.ts';
import { normaliserOf } from '../../../src/planner/normalise.ts';
import type { RandomOperation } from '../../sameness/random-operation.ts';

export interface FilteredRun {
  readonly refused: readonly ProtectedField[];
  readonly filtered: FilteredOperation;
  /** JSON of what the client gets. */
  readonly dataText: string;
}

/** Runs what a client may read of an operation as the gateway does; `undefined`: nothing to run, or the engine declines it. */
export async function runFiltered(
  schema: GraphQLSchema,
  engine: Engine,
  auth: FieldAuth,
  { text, variables: raw }: RandomOperation,
  context: RequestContext,
): Promise<FilteredRun | undefined> {
  const normaliser = normaliserOf(schema, parse(text), null);
  const { variables = {} } = coerceVariables(schema, normaliser.definition, raw);
  const operation = normaliser.apply(variables);
  if (operation.isEmpty) return undefined;
  const refused = await auth.judge(operation, context);
  const filtered = filterOperation(schema, operation, refused);
  await engine.prepare?.(filtered.operation);
  if (engine.declines(filtered.operation) !== undefined) return undefined;
  const response = await engine.execute({ operation: filtered.operation, variables, context });
  const data = 'dataText' in response ? JSON.parse(response.dataText) : response.data;
  return { refused, filtered, dataText: JSON.stringify(data === null ? null : filtered.fill(data)) };
}
