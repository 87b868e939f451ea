import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { createMemo } from './memo.ts';

export type CoercedVariables =
  | { readonly variables: Readonly<Record<string, unknown>>; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[]; readonly variables?: undefined };

const MAX_ERRORS = 50;
const NONE: CoercedVariables = { variables: Object.freeze(Object.create(null)) };

interface Signature {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isRequired: boolean;
  /** Coerced; `undefined`: none. */
  readonly defaultValue: unknown;
}

const signaturesOf = createMemo((schema: GraphQLSchema, operation: OperationDefinitionNode) =>
  (operation.variableDefinitions ?? []).flatMap((definition) => compileSignature(schema, definition)),
);

/**
 * Coerces the request's variables by the operation's definitions (GraphQL §6.1.2).
 * The result has a null prototype and holds no variable that is absent and has no default.
 * @param raw what the client sent; unknown names are ignored.
 * @param options `hideSuggestions`: errors do not name what a misspelled name may mean. Default: they do.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Readonly<Record<string, unknown>> | undefined | null,
  { hideSuggestions = false }: { readonly hideSuggestions?: boolean } = {},
): CoercedVariables {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NONE;
  const inputs = raw ?? {};
  const signatures = signaturesOf(schema, operation);
  const variables: Record<string, unknown> = Object.create(null);
  if (signatures.length === definitions.length && coerceAll(signatures, inputs, variables)) return { variables };
  // Something is wrong: graphql-js writes the errors.
  const result = getVariableValues(schema, definitions, inputs, { maxErrors: MAX_ERRORS, hideSuggestions });
  if (result.errors !== undefined) return { errors: result.errors };
  return { variables: result.variableValues.coerced };
}

function coerceAll(
  signatures: readonly Signature[],
  inputs: Readonly<Record<string, unknown>>,
  variables: Record<string, unknown>,
): boolean {
  for (const { name, type, isRequired, defaultValue } of signatures) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined) {
      if (isRequired) return false;
      if (defaultValue !== undefined) variables[name] = defaultValue;
      continue;
    }
    const value = coerceInputValue(input, type);
    if (value === undefined) return false;
    variables[name] = value;
  }
  return true;
}

function compileSignature(schema: GraphQLSchema, definition: VariableDefinitionNode): readonly Signature[] {
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type)) return [];
  const name = definition.variable.name.value;
  if (definition.defaultValue === undefined) {
    return [{ name, type, isRequired: isNonNullType(type), defaultValue: undefined }];
  }
  const { variableValues } = getVariableValues(schema, [definition], {});
  if (variableValues === undefined) return [];
  return [{ name, type, isRequired: false, defaultValue: variableValues.coerced[name] }];
}
