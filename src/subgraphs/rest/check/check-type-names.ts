import { type DocumentNode, Kind, specifiedScalarTypes, visit } from 'graphql';
import { suggestName } from '../../suggest-name.ts';
import type { ProblemList } from '../problem-list.ts';

/** Tells every use of a type that the document does not define. */
export function checkTypeNames(document: DocumentNode, problems: ProblemList): void {
  const known = new Set(specifiedScalarTypes.map(({ name }) => name));
  for (const node of document.definitions) {
    if (node.kind.endsWith('TypeDefinition') || node.kind.endsWith('TypeExtension')) {
      if ('name' in node && node.name !== undefined) known.add(node.name.value);
    }
  }
  visit(document, {
    NamedType(node) {
      const name = node.name.value;
      if (known.has(name)) return;
      problems.add(node, `There is no type "${name}"`, suggestName(name, known));
    },
    // Their types may belong to other specifications.
    [Kind.DIRECTIVE_DEFINITION]: () => false,
  });
}
