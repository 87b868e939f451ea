import { type DocumentNode, executeSync, type GraphQLSchema, Kind, type OperationDefinitionNode, visit } from 'graphql';
import type { Operation } from '../../planner/operation.ts';

/** The operation's introspection fields by response key. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

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
    return (operation.privateAlias === undefined ? data : withoutKey(data, operation.privateAlias)) as Record<
      string,
      unknown
    >;
  };
  if (used.size > 0) return introspect;
  let once: Readonly<Record<string, unknown>> | undefined;
  return () => {
    once ??= introspect({});
    return once;
  };
}

function withoutKey(data: unknown, key: string): unknown {
  return JSON.parse(JSON.stringify(data), (name, value) => (name === key ? undefined : value));
}

function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
