import { addResolversToSchema } from '@graphql-tools/schema';
import { GraphQLError, type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql';
import type { ResolverMap } from './check-resolvers.ts';
import type { LocalContext } from './local-context.ts';

type Representation = Readonly<Record<string, unknown>>;
type ResolveReference = (reference: Representation, context: LocalContext, info: GraphQLResolveInfo) => unknown;

/** The executable schema of a local subgraph: the resolver map, and `_entities` over its `__resolveReference` functions. */
export function createLocalSchema(schema: GraphQLSchema, map: ResolverMap): GraphQLSchema {
  const references = new Map<string, ResolveReference>();
  const resolvers: Record<string, Record<string, unknown>> = {};
  for (const [typeName, own] of Object.entries(map)) {
    // A scalar may be an instance of a class, which must stay one.
    if (typeof own.__resolveReference !== 'function') resolvers[typeName] = own as Record<string, unknown>;
    else {
      const { __resolveReference, ...others } = own;
      references.set(typeName, __resolveReference as ResolveReference);
      resolvers[typeName] = others;
    }
  }

  const queryName = schema.getQueryType()?.name ?? 'Query';
  if (schema.getType('_Entity') !== undefined) {
    const typeNames = new WeakMap<object, string>();
    resolvers._Entity = { __resolveType: (value: Representation) => typeNames.get(value) ?? value.__typename };
    resolvers[queryName] = {
      ...resolvers[queryName],
      _entities: (
        _: unknown,
        { representations }: { representations: Representation[] },
        context: LocalContext,
        info: GraphQLResolveInfo,
      ) =>
        representations.map((representation) =>
          resolveEntity(representation, context, info, schema, references, typeNames),
        ),
    };
  }
  return addResolversToSchema({ schema, resolvers: resolvers as never });
}

/**
 * Without `__resolveReference` the representation is the entity: its key, and the fields that `@requires` asked for. These are
 * `@external`, so what the representation says of them holds also for an entity that a resolver loaded.
 */
async function resolveEntity(
  representation: Representation,
  context: LocalContext,
  info: GraphQLResolveInfo,
  schema: GraphQLSchema,
  references: ReadonlyMap<string, ResolveReference>,
  typeNames: WeakMap<object, string>,
): Promise<unknown> {
  const typeName = String(representation.__typename);
  if (schema.getType(typeName) === undefined) throw new GraphQLError(`There is no entity type "${typeName}"`);
  const resolve = references.get(typeName);
  const entity = resolve === undefined ? representation : await resolve(representation, context, info);
  if (typeof entity !== 'object' || entity === null) return null;
  const whole = entity === representation ? entity : withRequired(entity, representation);
  if (isObjectType(schema.getType(typeName))) typeNames.set(whole, typeName);
  return whole;
}

/** A plain object gets those fields of the representation that it lacks; an instance of a class stays as it is. */
function withRequired(entity: object, representation: Representation): object {
  const prototype: unknown = Object.getPrototypeOf(entity);
  if (prototype !== Object.prototype && prototype !== null) return entity;
  return { ...representation, ...entity };
}
