import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { possibleTypes } from '../../planner/normalise/collect-selections.ts';
import { type Demand, isNothing, keyOf, policyNames } from './demand.ts';
import type { FieldRules } from './field-rules.ts';

/** A field of an operation that asks something of the client. */
export interface ProtectedField {
  /** Its place among the protected fields of the operation. */
  readonly index: number;
  readonly node: FieldNode;
  /** As it is selected: `Type.field`. */
  readonly coordinate: string;
  /** Response keys from the root; `@` stands for all items of a list. */
  readonly path: readonly string[];
  /** Index into {@link Protections.demands}. */
  readonly demand: number;
  /** Index of the first protected field after this one that is not below it. */
  readonly next: number;
}

/** What an operation asks of clients, in the order of its fields. */
export interface Protections {
  readonly demands: readonly Demand[];
  readonly fields: readonly ProtectedField[];
  /** Names of all policies that the demands name. */
  readonly policies: readonly string[];
}

/**
 * Finds the protected fields of an operation. Meta-fields ask nothing: a name of a type is not a field of it, and what the schema
 * is, introspection rules say.
 * @param document in normal form; `undefined`: nothing is asked.
 */
export function findProtections(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: FieldRules,
): Protections | undefined {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return undefined;
  const root = schema.getRootType(operation.operation);
  if (root == null) return undefined;
  const demands = new Map<string, { readonly index: number; readonly demand: Demand }>();
  const fields: { -readonly [K in keyof ProtectedField]: ProtectedField[K] }[] = [];
  visitSelections(operation.selectionSet.selections, root, possibleTypes(schema, root), []);
  if (fields.length === 0) return undefined;
  const distinct = [...demands.values()].map(({ demand }) => demand);
  return { demands: distinct, fields, policies: [...new Set(distinct.flatMap((demand) => [...policyNames(demand)]))] };

  function visitSelections(
    selections: readonly SelectionNode[],
    parent: GraphQLCompositeType,
    scope: ReadonlySet<string>,
    path: readonly string[],
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) visitField(selection, parent, scope, path);
      if (selection.kind !== Kind.INLINE_FRAGMENT) continue;
      const name = selection.typeCondition?.name.value;
      const condition = name === undefined ? parent : schema.getType(name);
      if (!isCompositeType(condition)) continue;
      const inner = condition === parent ? scope : scope.intersection(possibleTypes(schema, condition));
      visitSelections(selection.selectionSet.selections, condition, inner, path);
    }
  }

  function visitField(
    node: FieldNode,
    parent: GraphQLCompositeType,
    scope: ReadonlySet<string>,
    path: readonly string[],
  ): void {
    const name = node.name.value;
    if (name.startsWith('__')) return;
    const type = schema.getField(parent, name)?.type;
    if (type === undefined) return;
    const own = [...path, (node.alias ?? node.name).value];
    const demand = rules.demandOf(parent, name, scope);
    const index = fields.length;
    if (!isNothing(demand)) {
      const coordinate = `${parent.name}.${name}`;
      fields.push({ index, node, coordinate, path: own, demand: intern(demand), next: index });
    }
    const named = getNamedType(type);
    if (node.selectionSet !== undefined && isCompositeType(named)) {
      const items = Array.from({ length: countLists(type) }, () => '@');
      visitSelections(node.selectionSet.selections, named, possibleTypes(schema, named), [...own, ...items]);
    }
    const field = fields[index];
    if (field?.node === node) field.next = fields.length;
  }

  function intern(demand: Demand): number {
    const key = keyOf(demand);
    const known = demands.get(key);
    if (known !== undefined) return known.index;
    demands.set(key, { index: demands.size, demand });
    return demands.size - 1;
  }
}

function countLists(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + countLists(nullable.ofType) : 0;
}
