import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A number from 0 (inclusive) to 1 (exclusive); the same seed gives the same row. */
export type Random = () => number;

/** mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A query with aliases, repeated fields, and inline fragments with and without type condition. Not always valid: fields may conflict. */
export function randomQuery(schema: GraphQLSchema, random: Random, depth = 4): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

  function selections(type: GraphQLNamedType, left: number): string {
    const count = 1 + Math.floor(random() * 4);
    return `{ ${Array.from({ length: count }, () => selection(type, left)).join(' ')} }`;
  }

  function selection(type: GraphQLNamedType, left: number): string {
    if (random() < 0.15 || !('getFields' in type)) return fragment(type, left);
    if (random() < 0.1) return '__typename';
    const fields = Object.values((type as GraphQLObjectType).getFields()).filter(
      (field) => left > 0 || !isCompositeType(getNamedType(field.type)),
    );
    if (fields.length === 0) return '__typename';
    const field = pick(fields);
    const isComposite = isCompositeType(getNamedType(field.type));
    const alias = random() < 0.25 ? `${pick(['a', 'b', 'name', 'id'])}: ` : '';
    const args = field.args.flatMap((arg) => argument(arg.name, arg.type));
    const written = args.length > 0 ? `(${args.join(', ')})` : '';
    return `${alias}${field.name}${written}${isComposite ? ` ${selections(getNamedType(field.type), left - 1)}` : ''}`;
  }

  function fragment(type: GraphQLNamedType, left: number): string {
    if (random() < 0.3 && 'getFields' in type) return `... ${selections(type, left)}`;
    const candidates = isAbstractType(type)
      ? schema.getPossibleTypes(type)
      : isObjectType(type)
        ? [type, ...type.getInterfaces()]
        : [];
    const narrowed = pick(candidates);
    return narrowed === undefined ? '__typename' : `... on ${narrowed.name} ${selections(narrowed, left)}`;
  }

  function argument(name: string, type: GraphQLInputType): string[] {
    if (!isNonNullType(type) && random() < 0.6) return [];
    return [`${name}: ${literal(type)}`];
  }

  function literal(type: GraphQLInputType): string {
    if (isNonNullType(type)) return literal(type.ofType);
    if (isListType(type))
      return `[${Array.from({ length: Math.floor(random() * 4) }, () => literal(type.ofType)).join(', ')}]`;
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || random() < 0.5);
      return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
    }
    if (type.name === 'Int') return pick(['0', '1', '2', '900']);
    if (type.name === 'Boolean') return pick(['true', 'false']);
    return pick(['"1"', '"2"', '"3"', '"p1"', '"p2"', '"p4"', '"a"', '"none"']);
  }

  const query = schema.getQueryType();
  if (query == null) throw new Error('The schema has no query type');
  return `query ${selections(query, depth)}`;
}
