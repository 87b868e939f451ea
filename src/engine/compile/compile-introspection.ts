import { type DocumentNode, executeSync, type GraphQLSchema, Kind, type OperationDefinitionNode, visit } from 'graphql';
import type { Operation } from '../../planner/operation.ts';

/** JSON text of the operation's introspection fields by response key. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;

/** `undefined`: the operation has no `__schema` and no `__type` at its root. Without variables the answer is made once. */
export function compileIntrospection(schema: GraphQLSchema, operation: Operation): Introspect | undefined {
  const [definition] = operation.document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return undefined;
  const selections = definition.selectionSet.selections.filter(
    (selection) => selection.kind === Kind.FIELD && isIntrospection(selection.name.value),
  );
  if (selections.length === 0) return undefined;
  const part: OperationDefinitionNode = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  const used = new Set<string>();
  visit(part.selectionSet, {
    Variable({ name }) {
      used.add(name.value);
    },
  });
  const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...part, variableDefinitions }] };
  const introspect: Introspect = (variableValues) => {
    const { data } = executeSync({ schema, document, variableValues });
    const texts: Record<string, string> = Object.create(null);
    for (const [key, value] of Object.entries(data ?? {})) texts[key] = JSON.stringify(value, withoutAlias);
    return texts;
  };
  if (used.size > 0) return introspect;
  let once: Readonly<Record<string, string>> | undefined;
  return () => {
    once ??= introspect({});
    return once;
  };

  function withoutAlias(key: string, value: unknown): unknown {
    return key === operation.privateAlias ? undefined : value;
  }
}

function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
