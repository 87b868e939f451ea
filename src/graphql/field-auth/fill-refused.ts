import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { type JsonObject, setOwn } from '../../engine/own.ts';
import { possibleTypes } from '../../planner/normalise/collect-selections.ts';

/** Makes the answer of the client's operation from that of the filtered one; `null` where a null reaches the root. */
export type Fill = (data: JsonObject) => JsonObject | null;

/** What stood where a filtered operation has a placeholder. */
export interface Placeholder {
  readonly responseKey: string;
  readonly fieldName: string;
}

/** The selection sets of one field; what they mean for a value depends on its type. */
interface Level {
  readonly type: GraphQLCompositeType;
  readonly sets: readonly SelectionSetNode[];
  readonly byType: Map<string, ReadonlyMap<string, Entry>>;
}

/** What becomes of a response key; one without an entry stays as it is. */
type Entry =
  | { readonly kind: 'refused'; readonly responseKey: string; readonly isNonNull: boolean }
  | { readonly kind: 'private' }
  | { readonly kind: 'level'; readonly type: GraphQLOutputType; readonly level: Level };

/** Where a value is null that may not be: the value around it is null then (GraphQL §6.4.4). */
const BUBBLE = Symbol('bubble');
const PRIVATE: Entry = { kind: 'private' };

/**
 * @param typenameKey response key of the `__typename` that stands in each selection set of an abstract type with
 *   placeholders below it.
 */
export function createFiller(
  schema: GraphQLSchema,
  root: GraphQLCompositeType,
  selectionSet: SelectionSetNode,
  placeholders: ReadonlyMap<string, Placeholder>,
  typenameKey: string,
): Fill {
  const level = createLevel(root, [selectionSet]);
  return (data) => fillObject(data, level);

  function fillObject(object: JsonObject, at: Level): JsonObject | null {
    const entries = entriesFor(at, isObjectType(at.type) ? at.type.name : object[typenameKey]);
    if (entries === undefined) return null;
    const filled: JsonObject = {};
    for (const key of Object.keys(object)) {
      const entry = entries.get(key);
      if (entry === undefined) setUnlessRefused(filled, key, object[key]);
      else if (entry.kind === 'refused') {
        if (entry.isNonNull) return null;
        setOwn(filled, entry.responseKey, null);
      } else if (entry.kind === 'level') {
        const value = fillValue(object[key], entry.type, entry.level);
        if (value === BUBBLE) return null;
        setUnlessRefused(filled, key, value);
      }
    }
    return filled;
  }

  function fillValue(value: unknown, type: GraphQLOutputType, at: Level): unknown {
    if (isNonNullType(type)) {
      const inner = fillValue(value, type.ofType, at);
      return inner === null ? BUBBLE : inner;
    }
    if (value === null || value === undefined) return null;
    if (!isListType(type)) return fillObject(value as JsonObject, at);
    const items: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      const filled = fillValue(item, type.ofType, at);
      if (filled === BUBBLE) return null;
      items.push(filled);
    }
    return items;
  }

  /** `undefined`: the value is of no type that the schema has here. */
  function entriesFor(at: Level, typeName: unknown): ReadonlyMap<string, Entry> | undefined {
    if (typeof typeName !== 'string') return undefined;
    let entries = at.byType.get(typeName);
    if (entries === undefined) {
      const type = schema.getType(typeName);
      if (!isObjectType(type) || !possibleTypes(schema, at.type).has(typeName)) return undefined;
      const collected = new Map<string, Entry>();
      for (const { selections } of at.sets) collectEntries(selections, type, collected);
      entries = collected;
      at.byType.set(typeName, entries);
    }
    return entries;
  }

  function collectEntries(
    selections: readonly SelectionNode[],
    type: GraphQLObjectType,
    entries: Map<string, Entry>,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = schema.getType(selection.typeCondition?.name.value ?? type.name);
        if (isCompositeType(condition) && possibleTypes(schema, condition).has(type.name))
          collectEntries(selection.selectionSet.selections, type, entries);
        continue;
      }
      const key = (selection.alias ?? selection.name).value;
      const placeholder = placeholders.get(key);
      if (key === typenameKey) entries.set(key, PRIVATE);
      else if (placeholder !== undefined) {
        const { responseKey, fieldName } = placeholder;
        const isNonNull = isNonNullType(type.getFields()[fieldName]?.type);
        entries.set(key, { kind: 'refused', responseKey, isNonNull });
      } else if (selection.selectionSet !== undefined && isTouched(selection.selectionSet)) {
        const fieldType = type.getFields()[selection.name.value]?.type;
        const named = fieldType && getNamedType(fieldType);
        const known = entries.get(key);
        const sets = known?.kind === 'level' ? known.level.sets : [];
        if (fieldType !== undefined && isCompositeType(named))
          entries.set(key, {
            kind: 'level',
            type: fieldType,
            level: createLevel(named, [...sets, selection.selectionSet]),
          });
      }
    }
  }

  function isTouched({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
      if (selection.kind === Kind.FIELD && placeholders.has((selection.alias ?? selection.name).value)) return true;
      return selection.selectionSet !== undefined && isTouched(selection.selectionSet);
    });
  }
}

function createLevel(type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): Level {
  return { type, sets, byType: new Map() };
}

/** Where two selections of one key differ in what they ask, the refused one counts. */
function setUnlessRefused(filled: JsonObject, key: string, value: unknown): void {
  if (!Object.hasOwn(filled, key)) setOwn(filled, key, value);
}
