import { type FieldNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import {
  type CollectedField,
  type CollectedFragment,
  collectSelections,
  type Level,
  openLevel,
  possibleTypes,
  type Source,
} from './collect-selections.ts';

/** The selections of a level as nodes without locations. */
export function writeSelections(source: Source, level: Level, privateAlias: () => string): readonly SelectionNode[] {
  return level.items.flatMap((item) =>
    item.kind === 'field' ? [writeField(source, item, privateAlias)] : writeFragment(source, item, privateAlias),
  );
}

function writeField(source: Source, field: CollectedField, privateAlias: () => string): FieldNode {
  const { node } = field;
  const written = {
    kind: Kind.FIELD,
    name: node.name,
    ...(node.alias !== undefined && node.alias.value !== node.name.value && { alias: node.alias }),
    arguments: node.arguments ?? [],
    directives: field.directives,
  } as const;
  if (field.type === undefined) return written;
  const level = openLevel(source, field.type);
  for (const { selections } of field.selectionSets) collectSelections(source, level, selections);
  const selections = writeSelections(source, level, privateAlias);
  return { ...written, selectionSet: selectionSet(selections.length > 0 ? selections : [typenameAs(privateAlias())]) };
}

function writeFragment(
  source: Source,
  fragment: CollectedFragment,
  privateAlias: () => string,
): readonly SelectionNode[] {
  const selections = writeSelections(source, fragment.level, privateAlias);
  if (selections.length === 0) return [];
  const { condition, directives } = fragment;
  if (directives.length === 0 && condition !== undefined && fragment.level.items.every(isWithin)) return selections;
  return [
    {
      kind: Kind.INLINE_FRAGMENT,
      ...(condition !== undefined && {
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition.name } },
      }),
      directives,
      selectionSet: selectionSet(selections),
    },
  ];

  /** Whether the item's own condition says all that the fragment's does. */
  function isWithin(item: CollectedField | CollectedFragment): boolean {
    if (item.kind === 'field' || item.condition === undefined || condition === undefined) return false;
    const wider = possibleTypes(source.schema, condition);
    return [...possibleTypes(source.schema, item.condition)].every((name) => wider.has(name));
  }
}

function selectionSet(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

function typenameAs(alias: string): FieldNode {
  return {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: '__typename' },
    alias: { kind: Kind.NAME, value: alias },
    arguments: [],
    directives: [],
  };
}
