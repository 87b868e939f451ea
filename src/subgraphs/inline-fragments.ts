import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { operationDefinition } from './subgraph-operation.ts';

/** The operation with an inline fragment in the place of every fragment spread; directives of the spread are kept. */
export function inlineFragments(document: DocumentNode): OperationDefinitionNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const operation = operationDefinition(document);
  if (fragments.size === 0) return operation;
  return visit(operation, {
    // The visitor goes on into the replacement, so that spreads inside fragments are replaced too.
    FragmentSpread: ({ name, directives }): InlineFragmentNode | null => {
      const fragment = fragments.get(name.value);
      if (fragment === undefined) return null;
      const { typeCondition, selectionSet } = fragment;
      return {
        kind: Kind.INLINE_FRAGMENT,
        typeCondition,
        selectionSet,
        ...(directives === undefined ? {} : { directives }),
      };
    },
  });
}
