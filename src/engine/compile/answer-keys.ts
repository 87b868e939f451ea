import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { OutputRewrites } from './compile-output-rewrites.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

/** Response keys that a fetch answers on the object it is about; asked only when something failed. */
export interface AnswerKeys {
  /** @param typename of the object; `undefined`: keys under any type condition. */
  keysFor(typename: string | undefined): readonly string[];
  /** Whether the fetch asks what type the object has. */
  asksType(typename: string | undefined): boolean;
}

/**
 * @param entityKey the response key of `_entities`; `undefined`: the keys of the operation's root.
 * @param rewrites what the keys become in the data.
 */
export function readAnswerKeys(
  document: DocumentNode,
  entityKey: string | undefined,
  types: SupergraphTypes,
  rewrites?: OutputRewrites,
): AnswerKeys {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let selectionSet: SelectionSetNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) selectionSet = definition.selectionSet;
  }
  if (entityKey !== undefined) {
    selectionSet = selectionSet?.selections
      .filter((selection) => selection.kind === Kind.FIELD)
      .find((field) => (field.alias ?? field.name).value === entityKey)?.selectionSet;
  }
  return {
    keysFor(typename) {
      const keys = collect(typename);
      keys.delete('__typename');
      return [...new Set(rewrites === undefined ? keys : (rewrites.renamePath([...keys]) as string[]))];
    },
    asksType: (typename) => collect(typename).has('__typename'),
  };

  function collect(typename: string | undefined): Set<string> {
    const keys = new Set<string>();
    collectKeys(selectionSet, typename, keys);
    return keys;
  }

  function collectKeys(set: SelectionSetNode | undefined, typename: string | undefined, keys: Set<string>): void {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        keys.add((selection.alias ?? selection.name).value);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition?.name.value;
      if (typename === undefined || condition === undefined || types.satisfying(condition).has(typename)) {
        collectKeys(fragment?.selectionSet, typename, keys);
      }
    }
  }
}
