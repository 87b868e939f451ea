import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
} from 'graphql';

/** Field resolvers of an object type, or `__resolveType` of an interface or union. */
export interface TypeResolvers<Context> {
  // Each resolver knows its own source and arguments; the map cannot.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [field: string]: (source: any, args: any, context: Context) => unknown;
}

export interface Resolvers<Context> {
  [type: string]: GraphQLScalarType | TypeResolvers<Context>;
}

/** A schema from SDL and resolvers. Directives need no definition. A resolver that fits no field is an error. */
export function buildExecutableSchema<Context>(document: DocumentNode, resolvers: Resolvers<Context>): GraphQLSchema {
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  for (const [typeName, entry] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (type instanceof GraphQLScalarType && entry instanceof GraphQLScalarType) {
      type.coerceOutputValue = entry.coerceOutputValue;
      type.coerceInputValue = entry.coerceInputValue;
      type.coerceInputLiteral = entry.coerceInputLiteral;
      type.parseLiteral = entry.parseLiteral;
      type.parseValue = entry.parseValue;
      type.serialize = entry.serialize;
    } else if (isAbstractType(type) && '__resolveType' in entry) {
      const resolveType = entry.__resolveType;
      type.resolveType = (value, context) => resolveType(value, {}, context as Context) as string;
    } else if (type instanceof GraphQLObjectType && !(entry instanceof GraphQLScalarType)) {
      for (const [fieldName, resolve] of Object.entries(entry)) {
        if (fieldName === '__resolveReference') continue;
        const field = type.getFields()[fieldName];
        if (field === undefined) throw new Error(`Cannot build schema: ${typeName} has no field "${fieldName}"`);
        field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
      }
    } else {
      throw new Error(`Cannot build schema: resolvers for "${typeName}" fit no type`);
    }
  }
  return schema;
}
