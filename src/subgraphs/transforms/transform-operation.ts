import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { inlineFragments } from '../inline-fragments.ts';
import type { SubgraphOperation } from '../subgraph.ts';
import { operationOfDocument } from '../subgraph-operation.ts';
import type { Names } from './names.ts';
import { emptyPlan, prunePlan, type TypenamePlan } from './typenames.ts';

/** An operation on the graph's names as the upstream takes it, and how its data comes back. */
export interface TransformedOperation {
  readonly operation: SubgraphOperation;
  /** Variables that hold representations. */
  readonly representations: readonly string[];
  /** `undefined`: the result has no `__typename` that could be another in the graph. */
  readonly typenames: TypenamePlan | undefined;
}

/**
 * Translates an operation into the upstream's names. A renamed field keeps its response key by an alias, so that data and
 * error paths need no translation; only the values of `__typename` do.
 */
export function transformOperation(document: DocumentNode, schema: GraphQLSchema, names: Names): TransformedOperation {
  const operation = inlineFragments(document);
  const representations: string[] = [];
  const plan = emptyPlan();

  const transformSelections = (
    selectionSet: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    at: TypenamePlan,
  ): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.map((node): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.FIELD) return transformField(node, type, at);
      if (node.typeCondition === undefined)
        return { ...node, selectionSet: transformSelections(node.selectionSet, type, at) };
      const typeCondition = renameType(node.typeCondition, names);
      return {
        ...node,
        typeCondition,
        selectionSet: transformSelections(node.selectionSet, schema.getType(typeCondition.name.value), at),
      };
    }),
  });

  const transformField = (node: FieldNode, type: GraphQLNamedType | undefined, at: TypenamePlan): FieldNode => {
    const inGraph = node.name.value;
    const responseKey = node.alias?.value ?? inGraph;
    if (inGraph === '__typename') {
      at.responseKeys.add(responseKey);
      return node;
    }
    const name = names.fieldAtUpstream.get(type?.name ?? '')?.get(inGraph) ?? inGraph;
    if (name === '_entities') representations.push(...representationVariables(node));
    const renamed: FieldNode =
      name === inGraph
        ? node
        : { ...node, alias: node.alias ?? { kind: Kind.NAME, value: inGraph }, name: { kind: Kind.NAME, value: name } };
    if (node.selectionSet === undefined) return renamed;
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    const definition = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const below = at.fields.get(responseKey) ?? emptyPlan();
    at.fields.set(responseKey, below);
    return {
      ...renamed,
      selectionSet: transformSelections(node.selectionSet, definition && getNamedType(definition.type), below),
    };
  };

  const root = schema.getRootType(operation.operation) ?? undefined;
  const transformed = {
    ...operation,
    ...(operation.variableDefinitions && {
      variableDefinitions: operation.variableDefinitions.map((definition) =>
        visit(definition, { NamedType: (node) => renameType(node, names) }),
      ),
    }),
    selectionSet: transformSelections(operation.selectionSet, root, plan),
  };
  return {
    operation: operationOfDocument({ kind: Kind.DOCUMENT, definitions: [transformed] }),
    representations,
    typenames: names.typeInGraph.size === 0 ? undefined : prunePlan(plan),
  };
}

function renameType(node: NamedTypeNode, names: Names): NamedTypeNode {
  const name = names.typeAtUpstream.get(node.name.value);
  return name === undefined ? node : { ...node, name: { kind: Kind.NAME, value: name } };
}

function representationVariables(node: FieldNode): string[] {
  return (node.arguments ?? []).flatMap(({ name, value }) =>
    name.value === 'representations' && value.kind === Kind.VARIABLE ? [value.name.value] : [],
  );
}
