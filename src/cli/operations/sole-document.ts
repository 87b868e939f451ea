import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';

/**
 * An operation with the fragments that it uses and nothing else, as a client would send it alone.
 * @param findFragment `undefined`: there is none; validation tells of it.
 */
export function soleDocument(
  operation: OperationDefinitionNode,
  findFragment: (spread: FragmentSpreadNode) => FragmentDefinitionNode | undefined,
): DocumentNode {
  const used = new Map<string, FragmentDefinitionNode>();
  const open: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  for (const node of open) {
    visit(node, {
      FragmentSpread(spread) {
        if (used.has(spread.name.value)) return;
        const fragment = findFragment(spread);
        if (fragment === undefined) return;
        used.set(spread.name.value, fragment);
        open.push(fragment);
      },
    });
  }
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...used.values()] };
  const { tokenCount } = parse(print(document), { noLocation: true });
  return { ...document, ...(tokenCount !== undefined && { tokenCount }) };
}
