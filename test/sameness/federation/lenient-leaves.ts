import {
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Makes a schema as careless as some servers are: a leaf value that its type refuses goes out as it is. */
export function makeLeavesLenient(schema: GraphQLSchema): void {
  const lenient = new Map<string, GraphQLScalarType>();
  function replace(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type)) return new GraphQLNonNull(replace(type.ofType) as never);
    if (isListType(type)) return new GraphQLList(replace(type.ofType));
    if (!isLeafType(type)) return type;
    // One object for each name: validation tells types apart by identity.
    let leaf = lenient.get(type.name);
    if (leaf === undefined) {
      leaf = new GraphQLScalarType({ name: type.name, coerceOutputValue: (value) => coerceOrPass(type, value) });
      lenient.set(type.name, leaf);
    }
    return leaf;
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) field.type = replace(field.type);
  }
}

function coerceOrPass(type: { coerceOutputValue(value: unknown): unknown }, value: unknown): unknown {
  try {
    return type.coerceOutputValue(value);
  } catch {
    return value;
  }
}
