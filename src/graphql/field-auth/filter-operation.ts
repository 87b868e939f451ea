import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { normaliseOperation } from '../../planner/normalise.ts';
import type { Operation } from '../../planner/operation.ts';
import { createFiller, type Fill, type Placeholder } from './fill-refused.ts';
import type { ProtectedField } from './protections.ts';

/** What is left of an operation without some of its fields, and how its answer becomes that of the whole. */
export interface FilteredOperation {
  readonly operation: Operation;
  readonly fill: Fill;
}

/** Combinations of refused fields kept for one operation. */
const MAX_COMBINATIONS = 64;
const kept = new WeakMap<Operation, Map<string, FilteredOperation>>();

/**
 * The operation with `__typename` in place of each refused field, under a response key that no client uses: so the answer
 * tells where the field would have been, and in which order. Asked again for the same operation and fields, it gives the
 * same object.
 */
export function filterOperation(
  schema: GraphQLSchema,
  operation: Operation,
  refused: readonly ProtectedField[],
): FilteredOperation {
  let combinations = kept.get(operation);
  if (combinations === undefined) {
    combinations = new Map();
    kept.set(operation, combinations);
  }
  const key = refused.map(({ index }) => index).join();
  let filtered = combinations.get(key);
  if (filtered === undefined) {
    filtered = filter(schema, operation, refused);
    const oldest = combinations.keys().next();
    if (combinations.size >= MAX_COMBINATIONS && !oldest.done) combinations.delete(oldest.value);
    combinations.set(key, filtered);
  }
  return filtered;
}

function filter(schema: GraphQLSchema, operation: Operation, refused: readonly ProtectedField[]): FilteredOperation {
  const definition = operation.document.definitions[0] as OperationDefinitionNode;
  const root = schema.getRootType(definition.operation) as GraphQLCompositeType;
  const prefix = unusedPrefix(operation.document);
  const typenameKey = `${prefix}type`;
  const keys = new Map(refused.map(({ node }, index) => [node, `${prefix}${index}`]));
  const placeholders = new Map(
    refused.map(({ node }): [string, Placeholder] => [
      keys.get(node) as string,
      { responseKey: (node.alias ?? node.name).value, fieldName: node.name.value },
    ]),
  );
  const selectionSet = rewriteSet(definition.selectionSet, root, false);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...definition, selectionSet }] };
  // An answer that is changed as a whole comes as a whole: servers need not defer (GraphQL §3.13.6).
  const left = normaliseOperation(schema, withoutDeferral(document), null, {});
  const written = left.document.definitions[0] as OperationDefinitionNode;
  return {
    // What folding has emptied in the client's operation is still empty.
    operation: withPrivateAlias(left, operation.privateAlias),
    fill: createFiller(schema, root, written.selectionSet, placeholders, typenameKey),
  };

  function rewriteSet(set: SelectionSetNode, type: GraphQLCompositeType, isOfValue: boolean): SelectionSetNode {
    let isTouched = false;
    const selections = set.selections.map((selection): SelectionNode => {
      const rewritten = rewrite(selection, type);
      if (rewritten !== selection) isTouched = true;
      return rewritten;
    });
    if (!isTouched) return set;
    const typename = isOfValue && isAbstractType(type) ? [typenameAs(typenameKey)] : [];
    return { kind: Kind.SELECTION_SET, selections: [...typename, ...selections] };
  }

  function rewrite(selection: SelectionNode, type: GraphQLCompositeType): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const name = selection.typeCondition?.name.value;
      const condition = name === undefined ? type : schema.getType(name);
      if (!isCompositeType(condition)) return selection;
      const inner = rewriteSet(selection.selectionSet, condition, false);
      if (inner === selection.selectionSet) return selection;
      return { ...selection, selectionSet: inner };
    }
    const key = keys.get(selection);
    if (key !== undefined) return typenameAs(key);
    const fieldType = schema.getField(type, selection.name.value)?.type;
    const named = fieldType === undefined ? undefined : getNamedType(fieldType);
    if (selection.selectionSet === undefined || !isCompositeType(named)) return selection;
    const inner = rewriteSet(selection.selectionSet, named, true);
    return inner === selection.selectionSet ? selection : { ...selection, selectionSet: inner };
  }
}

function withPrivateAlias(operation: Operation, privateAlias: string | undefined): Operation {
  if (privateAlias === undefined) return operation;
  return { ...operation, privateAlias, text: `${operation.text}#${privateAlias}` };
}

function withoutDeferral(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive: ({ name }) => (name.value === 'defer' || name.value === 'stream' ? null : undefined),
  });
}

function typenameAs(key: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: key },
    name: { kind: Kind.NAME, value: '__typename' },
    arguments: [],
    directives: [],
  };
}

/** What no response key of the document begins with. */
function unusedPrefix(document: DocumentNode): string {
  let prefix = '_weir_auth_';
  const keys = new Set<string>();
  visit(document, {
    Field(field) {
      keys.add((field.alias ?? field.name).value);
    },
  });
  while ([...keys].some((key) => key.startsWith(prefix))) prefix += '_';
  return prefix;
}
