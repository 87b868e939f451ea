import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { readFederationLink } from './federation-link.ts';

/** What `_service`, `_entities` and `@link` bring along; a subgraph's own SDL may repeat it. */
const MACHINERY = new Set([
  '_Any',
  '_Entity',
  '_Service',
  '_FieldSet',
  'link__Import',
  'link__Purpose',
  'federation__FieldSet',
]);
const MACHINERY_FIELDS = new Set(['_entities', '_service']);

const DEFINITION_OF: Readonly<Record<string, DefinitionNode['kind']>> = {
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
};

/** An SDL and the schema of it. */
export interface ParsedSdl {
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
}

/** Whether a type comes with federation and not from the subgraph's owner. */
export function isMachinery(typeName: string): boolean {
  return MACHINERY.has(typeName) || typeName.startsWith('federation__') || typeName.startsWith('link__');
}

/** Likewise for a field of the query type. */
export function isMachineryField(name: string): boolean {
  return MACHINERY_FIELDS.has(name);
}

/** Names of the types with `@key`, in document order: object types, and interfaces where asked for. */
export function entityTypeNames(document: DocumentNode, which: 'objects' | 'all' = 'objects'): string[] {
  const link = readFederationLink(document);
  const names = document.definitions.flatMap((node) => {
    if (!isObject(node) && (which === 'objects' || !isInterface(node))) return [];
    return node.directives?.some((directive) => link.standardName(directive.name.value) === 'key')
      ? [node.name.value]
      : [];
  });
  return [...new Set(names)];
}

/** The SDL without what federation adds to every subgraph (`_service`, `_entities` and their types). */
export function withoutMachinery(document: DocumentNode): DocumentNode {
  const definitions = document.definitions.flatMap((node): DefinitionNode[] => {
    if ('name' in node && node.name !== undefined && MACHINERY.has(node.name.value)) return [];
    if (!isObject(node)) return [node];
    const fields = node.fields?.filter((field) => !MACHINERY_FIELDS.has(field.name.value)) ?? [];
    if (fields.length === node.fields?.length) return [node];
    return fields.length === 0 && (node.directives?.length ?? 0) === 0 ? [] : [{ ...node, fields }];
  });
  return { ...document, definitions };
}

/**
 * The schema that a subgraph with this SDL serves: extensions of types that are defined elsewhere count as definitions
 * (Federation 1), and `Query._entities` is there where a type has `@key`. Directives are not checked: composition does that.
 * @throws {Error} as graphql-js does, for SDL that makes no schema.
 */
export function buildSubgraphSchema(sdl: DocumentNode): GraphQLSchema {
  const document = withoutMachinery(sdl);
  const definitions: DefinitionNode[] = defineOrphans(document.definitions);
  const entities = entityTypeNames(document);
  const queryName = rootTypeName(document, 'query');
  const hasQuery = definitions.some(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === queryName,
  );
  if (entities.length > 0 || !hasQuery) {
    const fields = entities.length > 0 ? '_entities(representations: [_Any!]!): [_Entity]!' : '_service: _Service';
    const types =
      entities.length > 0 ? `scalar _Any union _Entity = ${entities.join(' | ')}` : 'type _Service { sdl: String }';
    const text = `${hasQuery ? 'extend ' : ''}type ${queryName} { ${fields} } ${types}`;
    definitions.push(...parse(text, { noLocation: true }).definitions);
  }
  return buildASTSchema({ ...document, definitions }, { assumeValidSDL: true });
}

/** The name of a root type; by default the operation's own, capitalised (GraphQL §3.3.1). */
export function rootTypeName(document: DocumentNode, operation: 'query' | 'mutation' | 'subscription'): string {
  for (const node of document.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) continue;
    const named = node.operationTypes?.find((type) => type.operation === operation);
    if (named !== undefined) return named.type.name.value;
  }
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}

/** Makes the first extension of a type without definition its definition. */
function defineOrphans(nodes: readonly DefinitionNode[]): DefinitionNode[] {
  const defined = new Set(
    nodes.flatMap((node) => (node.kind.endsWith('TypeDefinition') && 'name' in node ? [node.name?.value] : [])),
  );
  return nodes.map((node) => {
    const kind = DEFINITION_OF[node.kind];
    if (kind === undefined || !('name' in node) || defined.has(node.name?.value)) return node;
    defined.add(node.name?.value);
    return { ...node, kind } as DefinitionNode;
  });
}

export function isObject(node: DefinitionNode): node is ObjectTypeDefinitionNode | ObjectTypeExtensionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
}

function isInterface(node: DefinitionNode): node is InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode {
  return node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION;
}
