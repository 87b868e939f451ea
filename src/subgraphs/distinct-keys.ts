import { type FieldNode, Kind, type SelectionNode, type SelectionSetNode, visit } from 'graphql';
import { inlineFragments } from './inline-fragments.ts';
import type { SubgraphError, SubgraphOperation, SubgraphResult } from './subgraph.ts';
import { operationOfDocument } from './subgraph-operation.ts';

/** A field as a subgraph has it. */
export interface FieldType {
  /** Equal for types whose values may stand under one response key (GraphQL §5.3.2 SameResponseShape, but for what lies below). */
  readonly shape: string;
  /** `undefined`: a leaf. */
  readonly typeName: string | undefined;
}

export interface FieldTypes {
  /** Name of the root type of an operation. */
  rootOf(kind: SubgraphOperation['kind']): string | undefined;
  /** `undefined`: the field is not known. */
  typeOf(typeName: string, fieldName: string): FieldType | undefined;
}

/** An operation in which no two fields of different shape have one response key, and what gives its result the keys of the original. */
export interface DistinctKeys {
  readonly operation: SubgraphOperation;
  restore(result: SubgraphResult): SubgraphResult;
}

/**
 * Fields of the same name may differ in type from object type to object type (`by: Person!` for an interface's `by: Person`). Where a plan
 * asks for an interface's field by a fragment for each of its types, a subgraph has to refuse the operation: the fields conflict under
 * their response key (GraphQL §5.3.2). Here all but the first get keys of their own.
 *
 * @returns `undefined`: there is no conflict.
 */
export function makeKeysDistinct(operation: SubgraphOperation, types: FieldTypes): DistinctKeys | undefined {
  const definition = inlineFragments(operation.document);
  const aliases = new Map<FieldNode, string>();
  findConflicts([{ selectionSet: definition.selectionSet, typeName: types.rootOf(operation.kind) }], types, aliases);
  if (aliases.size === 0) return undefined;

  const prefix = freePrefix(definition.selectionSet);
  const distinct = visit(definition, {
    Field: {
      // On leaving, a field may be a copy already: what it is known by is its original.
      enter(field) {
        const suffix = aliases.get(field);
        return suffix === undefined ? undefined : withAlias(field, `${prefix}${suffix}`);
      },
    },
  });
  const renames = collectRenames(distinct.selectionSet, prefix);
  return {
    operation: operationOfDocument({ kind: Kind.DOCUMENT, definitions: [distinct] }),
    restore: ({ data, errors, ...rest }) => ({
      ...rest,
      ...(data !== undefined && { data: restoreKeys(data, renames) as Record<string, unknown> | null }),
      ...(errors !== undefined && { errors: errors.map((error) => restorePath(error, renames)) }),
    }),
  };
}

/** A selection set and the type that it is on; `undefined`: only its type conditions tell. */
interface Part {
  readonly selectionSet: SelectionSetNode;
  readonly typeName: string | undefined;
}

interface Found {
  readonly field: FieldNode;
  readonly type: FieldType | undefined;
}

function findConflicts(parts: readonly Part[], types: FieldTypes, aliases: Map<FieldNode, string>): void {
  const byKey = new Map<string, Found[]>();
  for (const { selectionSet, typeName } of parts) collectFields(selectionSet, typeName, types, byKey);
  for (const [key, found] of byKey) {
    const byShape = new Map<string | undefined, Found[]>();
    for (const one of found) {
      const shape = one.type?.shape ?? byShape.keys().next().value;
      byShape.set(shape, [...(byShape.get(shape) ?? []), one]);
    }
    [...byShape.values()].forEach((alike, number) => {
      if (number > 0) for (const { field } of alike) aliases.set(field, `${number}_${key}`);
      const below = alike.flatMap(({ field: { selectionSet }, type }): readonly Part[] =>
        selectionSet === undefined ? [] : [{ selectionSet, typeName: type?.typeName }],
      );
      if (below.length > 0) findConflicts(below, types, aliases);
    });
  }
}

function collectFields(
  { selections }: SelectionSetNode,
  typeName: string | undefined,
  types: FieldTypes,
  into: Map<string, Found[]>,
): void {
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      collectFields(node.selectionSet, node.typeCondition?.name.value ?? typeName, types, into);
    } else if (node.kind === Kind.FIELD) {
      const key = keyOf(node);
      const type = typeName === undefined ? undefined : types.typeOf(typeName, node.name.value);
      into.set(key, [...(into.get(key) ?? []), { field: node, type }]);
    }
  }
}

/** What the keys of a selection set were, and those below a key. */
interface Renames {
  readonly original: Map<string, string>;
  readonly below: Map<string, Renames>;
}

function collectRenames({ selections }: SelectionSetNode, prefix: string, into = createRenames()): Renames {
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) collectRenames(node.selectionSet, prefix, into);
    if (node.kind !== Kind.FIELD) continue;
    const key = keyOf(node);
    if (key.startsWith(prefix)) into.original.set(key, key.slice(key.indexOf('_', prefix.length) + 1));
    if (node.selectionSet === undefined) continue;
    into.below.set(key, collectRenames(node.selectionSet, prefix, into.below.get(key)));
  }
  return into;
}

function createRenames(): Renames {
  return { original: new Map(), below: new Map() };
}

function restoreKeys(value: unknown, renames: Renames): unknown {
  if (Array.isArray(value)) return value.map((item) => restoreKeys(item, renames));
  if (typeof value !== 'object' || value === null) return value;
  const restored = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const below = renames.below.get(key);
    const original = renames.original.get(key) ?? key;
    const content = below === undefined ? item : restoreKeys(item, below);
    restored.set(original, restored.has(original) ? merge(restored.get(original), content) : content);
  }
  // fromEntries defines keys instead of assigning them: `__proto__` becomes data.
  return Object.fromEntries(restored);
}

/** What two fields of one key say where both apply to an object: an interface's and its type's own. */
function merge(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return one.map((item, index) => merge(item, other[index]));
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one ?? other;
  const merged = new Map(Object.entries(one));
  for (const [key, item] of Object.entries(other))
    merged.set(key, merged.has(key) ? merge(merged.get(key), item) : item);
  return Object.fromEntries(merged);
}

function restorePath(error: SubgraphError, renames: Renames): SubgraphError {
  if (!Array.isArray(error.path)) return error;
  let level: Renames | undefined = renames;
  const path = error.path.map((segment: unknown) => {
    if (typeof segment !== 'string') return segment;
    const key = level?.original.get(segment) ?? segment;
    level = level?.below.get(segment);
    return key;
  });
  return { ...error, path: path as (string | number)[] };
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function withAlias(field: FieldNode, alias: string): FieldNode {
  return { ...field, alias: { kind: Kind.NAME, value: alias } };
}

function freePrefix(selectionSet: SelectionSetNode): string {
  const keys = new Set<string>();
  visit(selectionSet as SelectionSetNode & SelectionNode, { Field: (field) => void keys.add(keyOf(field)) });
  let prefix = '_weir_as';
  while ([...keys].some((key) => key.startsWith(prefix))) prefix += '_';
  return prefix;
}
