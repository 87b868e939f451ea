import {
  type ASTNode,
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  DirectiveLocation,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type NamedTypeNode,
  visit,
} from 'graphql';
import { type LinkedNames, readLinkedNames } from './linked-names.ts';

/**
 * The schema that clients see: nothing inaccessible, nothing of the federation machinery, and no definitions of
 * type-system directives.
 *
 * Applications of the directives that rule serving (`@authenticated`, `@requiresScopes`, `@policy`, `@rateLimit`,
 * `@cost`, `@listSize` and composed ones) stay on the `astNode` of fields and types under the names of their
 * specifications, where `getDirectiveExtensions` finds them; introspection does not show them.
 */
export function buildPublicSchema(supergraph: DocumentNode): GraphQLSchema {
  return buildASTSchema(toPublicDocument(supergraph), { assumeValidSDL: true });
}

function toPublicDocument(supergraph: DocumentNode): DocumentNode {
  const names = readLinkedNames(supergraph);
  const isInaccessible = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
    node.directives?.some(({ name }) => names.canonicalDirective(name.value) === 'inaccessible') ?? false;
  const isHidden = (definition: DefinitionNode) =>
    'name' in definition &&
    definition.name !== undefined &&
    (names.isMachinery(definition.name.value) || ('directives' in definition && isInaccessible(definition as never)));

  const hiddenTypes = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (
      isHidden(definition) &&
      'name' in definition &&
      definition.name &&
      definition.kind !== Kind.DIRECTIVE_DEFINITION
    )
      hiddenTypes.add(definition.name.value);
  }
  const isShownType = (type: NamedTypeNode) => !hiddenTypes.has(type.name.value);
  const dropInaccessible = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
    isInaccessible(node) ? null : undefined;

  const shown: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: supergraph.definitions.flatMap((definition) => {
      if (definition.kind === Kind.DIRECTIVE_DEFINITION) return clientDirective(definition);
      return isHidden(definition) || isLinkedScalar(definition) ? [] : definition;
    }),
  };
  return visit(shown, {
    FieldDefinition: { enter: dropInaccessible },
    InputValueDefinition: { enter: dropInaccessible },
    EnumValueDefinition: { enter: dropInaccessible },
    ObjectTypeDefinition: { leave: (node) => ({ ...node, interfaces: node.interfaces?.filter(isShownType) }) },
    InterfaceTypeDefinition: { leave: (node) => ({ ...node, interfaces: node.interfaces?.filter(isShownType) }) },
    UnionTypeDefinition: { leave: (node) => ({ ...node, types: node.types?.filter(isShownType) }) },
    Directive: { enter: (node) => publicDirective(node as ConstDirectiveNode, names) },
  });
}

/** Only what a client may write into a document stays: a directive definition with executable locations. */
function clientDirective(definition: DirectiveDefinitionNode): DirectiveDefinitionNode | [] {
  const locations = definition.locations.filter((location) => EXECUTABLE.has(location.value));
  return locations.length > 0 ? { ...definition, locations } : [];
}

const EXECUTABLE: ReadonlySet<string> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
]);

/** Types such as `policy__Policy` and `federation__Scope` serve only arguments of type-system directives. */
function isLinkedScalar(definition: DefinitionNode): boolean {
  return (
    (definition.kind === Kind.SCALAR_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) &&
    /^(?:policy|requiresScopes|authenticated|cost|federation|context)__/.test(definition.name.value)
  );
}

/** `null` drops the application; `undefined` keeps it as it is. */
function publicDirective(directive: ConstDirectiveNode, names: LinkedNames): ASTNode | null | undefined {
  const name = directive.name.value;
  if (names.isMachinery(name)) return null;
  const canonical = names.canonicalDirective(name);
  if (canonical === 'inaccessible' || canonical === 'tag') return null;
  if (canonical === name) return undefined;
  return { ...directive, name: { kind: Kind.NAME, value: canonical } };
}
