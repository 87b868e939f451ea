import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse } from 'graphql';
import { buildExecutableSchema, type Resolvers, type TypeResolvers } from './executable-schema.ts';

/** The fields that make a schema a subgraph (https://specs.apollo.dev/federation, "Subgraph specification"). */
const SUBGRAPH_SDL = `
  scalar _Any
  type _Service { sdl: String! }
  extend type Query { _service: _Service! }
`;

type Reference = { __typename: string };

/**
 * An executable federation subgraph. An entity type, one with a resolvable `@key`, needs a `__resolveReference` among
 * its resolvers, which gives `null` for a reference to nothing.
 */
export function buildSubgraphSchema<Context>(sdl: string, resolvers: Resolvers<Context>): GraphQLSchema {
  const document = parse(sdl);
  const entities = entityNames(document);
  const extension = parse(
    SUBGRAPH_SDL +
      (entities.length === 0
        ? ''
        : `union _Entity = ${entities.join(' | ')}
           extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`),
  );
  const entityResolvers: Resolvers<Context> =
    entities.length === 0 ? {} : { _Entity: { __resolveType: (entity: Reference) => entity.__typename } };
  return buildExecutableSchema(
    { kind: Kind.DOCUMENT, definitions: [...document.definitions, ...extension.definitions] },
    {
      ...resolvers,
      ...entityResolvers,
      Query: {
        ...(resolvers.Query as TypeResolvers<Context> | undefined),
        _service: () => ({ sdl }),
        ...(entities.length > 0 && {
          _entities: (_: unknown, args: { representations: Reference[] }, context: Context) =>
            args.representations.map((representation) => resolveReference(representation, context)),
        }),
      },
    },
  );

  async function resolveReference(representation: Reference, context: Context): Promise<object | null> {
    const { __typename } = representation;
    const entry = entities.includes(__typename) ? resolvers[__typename] : undefined;
    const resolve = entry !== undefined && '__resolveReference' in entry ? entry.__resolveReference : undefined;
    if (resolve === undefined) throw new GraphQLError(`"${__typename}" is not an entity of this subgraph`);
    const entity = (await resolve(representation, {}, context)) as object | null;
    return entity && { ...entity, __typename };
  }
}

function entityNames(document: DocumentNode): string[] {
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    definition.directives?.some(
      ({ name, arguments: args }) =>
        name.value === 'key' &&
        !args?.some((arg) => arg.name.value === 'resolvable' && 'value' in arg.value && arg.value.value === false),
    )
      ? [definition.name.value]
      : [],
  );
}
