import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { createRandom } from './random.ts';

/** Resolvers that make up data of the right shape: the same for the same seed, path and arguments, with some nulls and lists. */
export function arbitraryData(seed: number): {
  readonly fieldResolver: GraphQLFieldResolver<unknown, unknown>;
  readonly typeResolver: GraphQLTypeResolver<unknown, unknown>;
} {
  return {
    typeResolver: (value) => (value as { __typename: string }).__typename,
    fieldResolver(_source, args, _context, info) {
      let path = '';
      for (let at: typeof info.path | undefined = info.path; at !== undefined; at = at.prev) path += `/${at.key}`;
      return make(info.returnType, info.schema, `${seed}${path}${JSON.stringify(args)}`, true);
    },
  };
}

function make(type: GraphQLOutputType, schema: GraphQLSchema, key: string, isNullable: boolean): unknown {
  if (isNonNullType(type)) return make(type.ofType as GraphQLOutputType, schema, key, false);
  const random = createRandom(hash(key));
  if (isNullable && random.chance(0.1)) return null;
  if (isListType(type)) {
    const item = type.ofType as GraphQLOutputType;
    return Array.from({ length: random.below(3) }, (_, index) => make(item, schema, `${key}/${index}`, true));
  }
  if (isAbstractType(type)) return { __typename: random.pick(schema.getPossibleTypes(type)).name };
  if (isObjectType(type)) return { __typename: type.name };
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  switch (type.name) {
    case 'Int':
      return random.below(1000);
    case 'Float':
      return random.below(1000) / 8;
    case 'Boolean':
      return random.chance(0.5);
    default:
      return `${type.name} ${random.below(1000)}`;
  }
}

function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619) >>> 0;
  return value;
}
