import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import { Kind, type SelectionNode } from 'graphql';
import type { FederationModel, FieldSet } from '../model/federation-model.ts';

const TYPENAME: RequiresSelection = { kind: 'Field', name: '__typename' };

/** Field sets of a type as representations hold them. */
export function toRequired(
  model: FederationModel,
  typeName: string,
  fieldSets: readonly FieldSet[],
): readonly RequiresSelection[] {
  return [TYPENAME, ...fieldSets.flatMap(({ selections }) => convert(model, typeName, selections))];
}

/** Adds to what representations hold. */
export function mergeRequired(added: readonly RequiresSelection[], into: RequiresSelection[]): void {
  const known = new Set(into.map((selection) => JSON.stringify(selection)));
  for (const selection of added) if (!known.has(JSON.stringify(selection))) into.push(selection);
}

/** Whether one representation can hold both: not where it would hold one field with different arguments. */
export function canHoldBoth(one: readonly RequiresSelection[], other: readonly RequiresSelection[]): boolean {
  const dataKeys = new Map<string, string>();
  const hold = (selections: readonly RequiresSelection[], path: string): boolean =>
    selections.every((selection) => {
      if (selection.kind === 'InlineFragment') return hold(selection.selections, path);
      if (selection.kind !== 'Field') return true;
      const at = `${path}.${selection.alias ?? selection.name}`;
      const known = dataKeys.get(at) ?? selection.name;
      dataKeys.set(at, known);
      return known === selection.name && hold(selection.selections ?? [], at);
    });
  return hold(one, '') && hold(other, '');
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
