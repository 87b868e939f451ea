import {
  buildASTSchema,
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type FieldDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
  print,
  validate,
} from 'graphql';
import type { Subgraph, SubgraphRequest, SubgraphResult } from '../../../src/subgraphs/subgraph.ts';

/** An object of the data that all subgraphs of a world and its monolith share. Functions are fields with arguments. */
export type Thing = { readonly __typename: string } & Record<string, unknown>;

export interface SubgraphDefinition {
  readonly name: string;
  /** Federation SDL without its `@link`. */
  readonly sdl: string;
}

export interface World {
  readonly name: string;
  readonly subgraphs: readonly SubgraphDefinition[];
  /** Root fields of all subgraphs. */
  readonly rootValue: Readonly<Record<string, unknown>>;
  /** The thing that a representation means, by its keys. */
  resolveReference(representation: Thing): Thing | null;
  readonly argumentValues: Readonly<Record<string, readonly unknown[]>>;
}

export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject"
])`;

/** A subgraph in this process, executed by graphql-js; it refuses operations that its schema does not allow. */
export function createFederatedSubgraph(world: World, definition: SubgraphDefinition): Subgraph {
  const document = parse(definition.sdl);
  const schema = buildSubgraphSchema(document);
  const externals = externalFields(document);
  const known = new Map<DocumentNode, readonly GraphQLError[]>();

  function resolveEntity(representation: Thing): Thing | null {
    const thing = world.resolveReference(representation);
    if (thing === null) return null;
    const external = externals.get(representation.__typename) ?? [];
    const entity: Record<string, unknown> = { ...thing };
    // What the subgraph does not have itself it knows from the representation alone.
    for (const name of external) delete entity[name];
    // An interface's representation means one of its types; an interface object is a type of its own here.
    const isObject = isObjectType(schema.getType(representation.__typename));
    return { ...entity, ...representation, __typename: isObject ? representation.__typename : thing.__typename };
  }

  return {
    name: definition.name,
    sdl: `${LINK}\n${definition.sdl}`,
    url: `http://${definition.name}.invalid`,
    async execute({ operation, variables }: SubgraphRequest): Promise<SubgraphResult> {
      const invalid = known.get(operation.document) ?? validate(schema, operation.document);
      known.set(operation.document, invalid);
      if (invalid.length > 0)
        throw new Error(`${definition.name}: ${invalid[0]?.message}\n${print(operation.document)}`);
      const result = await execute({
        schema,
        document: operation.document,
        variableValues: variables ?? {},
        rootValue: {
          ...world.rootValue,
          _entities: ({ representations }: { representations: Thing[] }) => representations.map(resolveEntity),
        },
        fieldResolver: (source, args, context, info) =>
          defaultFieldResolver(source as never, args as never, context, info),
        typeResolver: (value) => (value as Thing).__typename,
      });
      return JSON.parse(JSON.stringify(result)) as SubgraphResult;
    },
  };
}

function buildSubgraphSchema(document: DocumentNode): GraphQLSchema {
  const entities = document.definitions.filter(
    (definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
      definition.directives?.some(({ name }) => name.value === 'key'),
  );
  const names = entities.flatMap((entity) => ('name' in entity && entity.name ? [entity.name.value] : []));
  const additions =
    names.length === 0
      ? []
      : parse(
          `scalar _Any union _Entity = ${names.join(' | ')} extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`,
        ).definitions;
  return buildASTSchema(merge([...document.definitions, ...additions]), { assumeValidSDL: true });
}

/** `extend type Query` into `type Query`: building from an AST ignores extensions. */
function merge(definitions: DocumentNode['definitions']): DocumentNode {
  const extension = definitions.find((definition) => definition.kind === Kind.OBJECT_TYPE_EXTENSION);
  const merged = definitions.flatMap((definition) => {
    if (definition.kind === Kind.OBJECT_TYPE_EXTENSION) return [];
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Query') return [definition];
    return [{ ...definition, fields: [...(definition.fields ?? []), ...(extension?.fields ?? [])] }];
  });
  const hasQuery = merged.some((definition) => 'name' in definition && definition.name?.value === 'Query');
  if (!hasQuery && extension !== undefined) merged.push({ ...extension, kind: Kind.OBJECT_TYPE_DEFINITION });
  return { kind: Kind.DOCUMENT, definitions: merged };
}

function externalFields(document: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const isExternal = (field: FieldDefinitionNode): boolean =>
    field.directives?.some(({ name }) => name.value === 'external') ?? false;
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? [[definition.name.value, (definition.fields ?? []).filter(isExternal).map(({ name }) => name.value)] as const]
        : [],
    ),
  );
}
