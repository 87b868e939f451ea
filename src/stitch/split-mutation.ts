import { type DocumentNode, Kind, OperationTypeNode, type SelectionNode, type SelectionSetNode, visit } from 'graphql';

const splits = new WeakMap<DocumentNode, readonly DocumentNode[]>();

/**
 * The root fields of a mutation as documents of their own, in order; any other document as it is. Delegation keeps the
 * entities that it fetched for as long as an execution lasts: a later root field would see them as they were before it.
 *
 * @param document in normal form: a response key stands once at the root.
 */
export function splitMutation(document: DocumentNode): readonly DocumentNode[] {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || definition.operation !== OperationTypeNode.MUTATION) {
    return [document];
  }
  let split = splits.get(document);
  if (split === undefined) {
    split = definition.selectionSet.selections.map((selection) => {
      const used = variablesOf(selection);
      const variableDefinitions = definition.variableDefinitions?.filter(({ variable }) =>
        used.has(variable.name.value),
      );
      const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [selection] };
      return {
        ...document,
        definitions: [{ ...definition, variableDefinitions: variableDefinitions ?? [], selectionSet }],
      };
    });
    splits.set(document, split);
  }
  return split;
}

function variablesOf(selection: SelectionNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(selection, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
