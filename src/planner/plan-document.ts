import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type TypeNode,
} from 'graphql';
import type { DataKeys } from './data-keys.ts';
import type { Operation } from './operation.ts';

/** Writes what the planner plans in place of an operation. The answer is written from the operation itself. */
export type WritePlanDocument = (operation: Operation) => DocumentNode;

export interface PlanDocumentOptions {
  /**
   * Whether interfaces that some subgraph has as an interface object have their keys selected: without them the native planner may look
   * for a key where there is none.
   */
  readonly selectsInterfaceKeys: boolean;
}

/** In the planner's form every field below the root has its data key, and `__typename` stands only under its own name. */
export function createPlanDocumentWriter(
  supergraph: DocumentNode,
  dataKeys: DataKeys,
  { selectsInterfaceKeys }: PlanDocumentOptions,
): WritePlanDocument {
  const index = indexFields(supergraph);

  function rewrite(selections: readonly SelectionNode[], typeName: string | undefined): readonly SelectionNode[] {
    const written = selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        return {
          ...selection,
          selectionSet: {
            ...selection.selectionSet,
            selections: rewrite(selection.selectionSet.selections, condition),
          },
        };
      }
      const key = dataKeys.keyOf((selection.alias ?? selection.name).value, selection.name.value);
      return rewriteField(selection, key, typeName);
    });
    return selectsInterfaceKeys ? [...written, ...missingKeys(written, typeName)] : written;
  }

  function rewriteField(field: FieldNode, key: string, typeName: string | undefined): FieldNode {
    const { alias: _, selectionSet, ...rest } = field;
    const name = field.name.value;
    const type = typeName === undefined ? undefined : index.fieldTypes.get(typeName)?.get(name);
    return {
      ...rest,
      ...(key !== name && { alias: { kind: Kind.NAME, value: key } as const }),
      ...(selectionSet !== undefined && {
        selectionSet: { kind: Kind.SELECTION_SET, selections: rewrite(selectionSet.selections, type) } as const,
      }),
    };
  }

  function missingKeys(selections: readonly SelectionNode[], typeName: string | undefined): readonly SelectionNode[] {
    const keys = typeName === undefined ? [] : (index.interfaceObjectKeys.get(typeName) ?? []);
    return keys
      .filter(
        (key) =>
          !selections.some(
            (selection) => selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === key,
          ),
      )
      .map((key) => ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: key } }));
  }

  return (operation) => {
    const [definition] = operation.document.definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) return operation.document;
    const rootType = index.rootTypes.get(operation.kind);
    const selections = definition.selectionSet.selections.map((selection) =>
      selection.kind === Kind.FIELD
        ? // Nothing requires a field of a root type.
          rewriteField(selection, (selection.alias ?? selection.name).value, rootType)
        : selection,
    );
    const written: OperationDefinitionNode = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } };
    return { kind: Kind.DOCUMENT, definitions: [written] };
  };
}

interface FieldIndex {
  readonly rootTypes: ReadonlyMap<string, string>;
  /** By type and field, the name of the field's type. */
  readonly fieldTypes: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By interface, the key fields that are leaves. */
  readonly interfaceObjectKeys: ReadonlyMap<string, readonly string[]>;
}

function indexFields(supergraph: DocumentNode): FieldIndex {
  const rootTypes = new Map<string, string>();
  const fieldTypes = new Map<string, ReadonlyMap<string, string>>();
  const interfaceObjectKeys = new Map<string, readonly string[]>();
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION) {
      for (const { operation, type } of definition.operationTypes) rootTypes.set(operation, type.name.value);
    }
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const { name, fields = [], directives = [] } = definition;
    fieldTypes.set(name.value, new Map(fields.map((field) => [field.name.value, namedTypeOf(field.type)])));
    const isInterface = definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
    if (!isInterface || !directives.some((directive) => argument(directive, 'isInterfaceObject') === true)) continue;
    const visible = new Set(
      fields
        .filter((field) => !field.directives?.some((directive) => directive.name.value === 'inaccessible'))
        .map((field) => field.name.value),
    );
    const keys = directives.flatMap((directive) => {
      const key = argument(directive, 'key');
      return typeof key === 'string' && !key.includes('{') ? key.split(/[\s,]+/) : [];
    });
    interfaceObjectKeys.set(
      name.value,
      [...new Set(keys)].filter((key) => visible.has(key)),
    );
  }
  return { rootTypes, fieldTypes, interfaceObjectKeys };
}

function argument(directive: ConstDirectiveNode, name: string): string | boolean | undefined {
  if (directive.name.value !== 'join__type') return undefined;
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.BOOLEAN ? value.value : undefined;
}

function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}
