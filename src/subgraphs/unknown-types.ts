import { type DocumentNode, Kind, type NamedTypeNode, specifiedScalarTypes, visit } from 'graphql';
import { suggestName } from './suggest-name.ts';

/** A type that an SDL uses and does not define. */
export interface UnknownType {
  readonly node: NamedTypeNode;
  readonly name: string;
  readonly hint: string;
}

/** Types that are used and neither defined nor extended, each use in document order. */
export function findUnknownTypes(
  document: DocumentNode,
  isForeign: (name: string) => boolean = () => false,
): UnknownType[] {
  const known = new Set(specifiedScalarTypes.map(({ name }) => name));
  for (const node of document.definitions) {
    if (node.kind.endsWith('TypeDefinition') || node.kind.endsWith('TypeExtension')) {
      if ('name' in node && node.name !== undefined) known.add(node.name.value);
    }
  }
  const unknown: UnknownType[] = [];
  visit(document, {
    NamedType(node) {
      const name = node.name.value;
      if (!known.has(name) && !isForeign(name)) unknown.push({ node, name, hint: suggestName(name, known) });
    },
    // Their types may belong to other specifications.
    [Kind.DIRECTIVE_DEFINITION]: () => false,
  });
  return unknown;
}
