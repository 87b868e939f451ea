import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  isInputObjectType,
  isObjectType,
  valueFromAST,
} from 'graphql';

/**
 * Gives the defaults of arguments and input fields also under the name that graphql-js had for them before version 17:
 * plugins that compute argument values by an older copy of its rules would otherwise take a value that leaves a
 * defaulted field out for invalid.
 */
export function showDefaultsToOlderTools(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach(showDefault);
    if (isObjectType(type)) for (const { args } of Object.values(type.getFields())) args.forEach(showDefault);
  }
}

function showDefault(input: GraphQLArgument | GraphQLInputField): void {
  if (input.default === undefined || input.defaultValue !== undefined) return;
  const { literal, value } = input.default;
  input.defaultValue = literal === undefined ? value : valueFromAST(literal, input.type);
}
