import { type FieldNode, type GraphQLResolveInfo, isAbstractType, Kind, type SelectionSetNode } from 'graphql';

/** Operations are shared by many requests, so what they ask of a type is found out once. */
const known = new WeakMap<FieldNode, Map<string, readonly string[]>>();

/** The names of the fields that an operation asks of objects of a type, at the field that is being resolved. */
export function requestedFields(info: GraphQLResolveInfo, typeName: string): readonly string[] {
  const [first] = info.fieldNodes;
  if (first === undefined) return [];
  const ofField = known.get(first) ?? new Map<string, readonly string[]>();
  known.set(first, ofField);
  const names = ofField.get(typeName) ?? collect(info, typeName);
  ofField.set(typeName, names);
  return names;
}

function collect(info: GraphQLResolveInfo, typeName: string): string[] {
  const names = new Set<string>();
  const visit = (selections: SelectionSetNode | undefined): void => {
    for (const selection of selections?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        if (!selection.name.value.startsWith('__')) names.add(selection.name.value);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      if (condition === undefined || condition === typeName || isPossible(info, condition, typeName)) {
        visit(fragment.selectionSet);
      }
    }
  };
  for (const node of info.fieldNodes) visit(node.selectionSet);
  return [...names];
}

function isPossible({ schema }: GraphQLResolveInfo, abstractName: string, typeName: string): boolean {
  const abstract = schema.getType(abstractName);
  return isAbstractType(abstract) && schema.getPossibleTypes(abstract).some(({ name }) => name === typeName);
}
