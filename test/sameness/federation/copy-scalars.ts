import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import type { Fixture } from './fixture.ts';

/** Gives a schema that was built from SDL the scalars of a fixture. */
export function copyScalars({ resolvers }: Fixture, schema: GraphQLSchema): void {
  for (const [name, entry] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (!(entry instanceof GraphQLScalarType) || !(type instanceof GraphQLScalarType)) continue;
    type.coerceOutputValue = entry.coerceOutputValue;
    type.coerceInputValue = entry.coerceInputValue;
    type.coerceInputLiteral = entry.coerceInputLiteral;
    type.serialize = entry.serialize;
    type.parseValue = entry.parseValue;
    type.parseLiteral = entry.parseLiteral;
  }
}
