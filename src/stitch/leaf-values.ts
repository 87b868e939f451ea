import {
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  GraphQLScalarType,
  isListType,
  isNonNullType,
} from 'graphql';

// Delegation turns leaf values that their type refuses (an enum value that is not in the graph, text for an Int) into
// null without an error. The executor would raise one (GraphQL specification §6.4.3), so it has to get the value itself.

/**
 * What a leaf field of an object from a subgraph resolves to: the subgraph's value where delegation dropped it.
 *
 * @param parent The object from the subgraph.
 * @param resolved What delegation made of the value.
 */
export function restoreRefused(parent: unknown, responseKey: string, resolved: unknown): unknown {
  if (!hasNull(resolved) || typeof parent !== 'object' || parent === null) return resolved;
  if (!Object.hasOwn(parent, responseKey)) return resolved;
  const raw = (parent as Record<string, unknown>)[responseKey];
  // Errors are placed by delegation, in lists too.
  return raw == null || raw instanceof Error || (Array.isArray(raw) && raw.some((item) => item instanceof Error))
    ? resolved
    : raw;
}

function hasNull(value: unknown): boolean {
  return value == null || (Array.isArray(value) && value.some(hasNull));
}

/** The same type with a leaf that refuses nothing: with it, delegation passes a root field's value on as it is. */
export function toLenientType(type: GraphQLOutputType): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(toLenientType(type.ofType) as never);
  if (isListType(type)) return new GraphQLList(toLenientType(type.ofType));
  return new GraphQLScalarType({ name: type.name });
}
