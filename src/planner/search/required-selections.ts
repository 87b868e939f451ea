import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import { Kind, type SelectionNode } from 'graphql';
import type { FederationModel, FieldSet } from '../model/federation-model.ts';

const TYPENAME: RequiresSelection = { kind: 'Field', name: '__typename' };

/** Adds a field set of a type to what representations hold. */
export function addRequired(
  model: FederationModel,
  typeName: string,
  fieldSet: FieldSet,
  into: RequiresSelection[],
): void {
  if (into.length === 0) into.push(TYPENAME);
  const known = new Set(into.map((selection) => JSON.stringify(selection)));
  for (const selection of convert(model, typeName, fieldSet.selections)) {
    if (!known.has(JSON.stringify(selection))) into.push(selection);
  }
}

function convert(
  model: FederationModel,
  typeName: string,
  selections: readonly SelectionNode[],
): readonly RequiresSelection[] {
  return selections.flatMap((selection): readonly RequiresSelection[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const typeCondition = selection.typeCondition?.name.value ?? typeName;
      const nested = convert(model, typeCondition, selection.selectionSet.selections);
      return [{ kind: 'InlineFragment', typeCondition, selections: [...nested] }];
    }
    if (selection.kind !== Kind.FIELD) return [];
    const name = selection.name.value;
    const key = selection.alias?.value ?? name;
    const fieldType = model.fieldTypeName(typeName, name) ?? '';
    const isAbstract = model.possibleTypes(fieldType).some((object) => object !== fieldType);
    const nested = selection.selectionSet && convert(model, fieldType, selection.selectionSet.selections);
    return [
      {
        kind: 'Field',
        name: key,
        ...(key !== name && { alias: name }),
        ...(nested !== undefined && { selections: isAbstract ? [TYPENAME, ...nested] : [...nested] }),
      },
    ];
  });
}
