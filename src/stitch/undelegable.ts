import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { JoinIndex } from './join-index.ts';

/**
 * Finds what delegation cannot answer rightly, so that another engine does. Delegation chooses the subgraph of a field
 * without looking at all that is asked for below it, and completes an object only by what stands on the object itself.
 *
 * @returns why a document cannot be delegated; `undefined` where it can.
 */
export function createDelegationJudge(
  schema: GraphQLSchema,
  joins: JoinIndex,
): (document: DocumentNode) => string | undefined {
  const verdicts = new WeakMap<DocumentNode, { readonly reason: string | undefined }>();
  const requirements = createRequirementJudge(schema, joins);

  function judge({ selections }: SelectionSetNode, type: GraphQLNamedType, graphs: ReadonlySet<string>): Reason {
    for (const node of selections) {
      const reason =
        node.kind === Kind.INLINE_FRAGMENT
          ? judge(node.selectionSet, conditionOf(node, type, schema), graphs)
          : node.kind === Kind.FIELD
            ? judgeField(node, type, graphs)
            : undefined;
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  function judgeField(node: FieldNode, type: GraphQLNamedType, graphs: ReadonlySet<string>): Reason {
    const name = node.name.value;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    if (field === undefined) return undefined;
    if (requirements.areSpread(type.name, name)) return 'a requirement is spread over several subgraphs';
    if (isInterfaceType(type) && isMissingInMember(type.name, name, graphs)) {
      return 'a subgraph does not resolve a field of an interface for all of its types';
    }
    if (node.selectionSet === undefined) return undefined;
    const named = getNamedType(field.type);
    if (isAbstractType(named)) {
      if (isInterfaceType(named) && joins.provisions(type.name, name).length > 0) {
        return 'fields of an interface are provided';
      }
      if (joins.hasSeveralTypes(type.name, name)) return 'subgraphs declare a field with different abstract types';
    }
    const able = joins.graphsThatResolve(type.name, name, graphs);
    if (able.size > 1 && ![...able].every((graph) => isServed(node.selectionSet as SelectionSetNode, named, graph))) {
      return 'no subgraph that shares a field has all that is asked for below it';
    }
    return judge(node.selectionSet, named, able);
  }

  /** Whether a subgraph that gives the interface has a type in which the field is not its own. */
  function isMissingInMember(name: string, field: string, graphs: ReadonlySet<string>): boolean {
    const type = schema.getType(name);
    if (!isInterfaceType(type)) return false;
    const members = schema.getPossibleTypes(type);
    return [...graphs].some(
      (graph) =>
        joins.resolves(name, field, graph) &&
        members.some(
          (member) => joins.implements(member.name, name, graph) && joins.isForeign(member.name, field, graph),
        ),
    );
  }

  /** Whether a subgraph has all of a selection, or its objects lead to subgraphs that have the rest. */
  function isServed({ selections }: SelectionSetNode, type: GraphQLNamedType, graph: string): boolean {
    return selections.every((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = conditionOf(node, type, schema);
        return !joins.has(condition.name, graph) || isServed(node.selectionSet, condition, graph);
      }
      if (node.kind !== Kind.FIELD) return true;
      const name = node.name.value;
      if (!joins.resolves(type.name, name, graph)) {
        return [...joins.all].some((to) => joins.leads(type.name, graph, to) && joins.resolves(type.name, name, to));
      }
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
      if (field === undefined || node.selectionSet === undefined) return true;
      return isServed(node.selectionSet, getNamedType(field.type), graph);
    });
  }

  return (document) => {
    let verdict = verdicts.get(document);
    if (verdict === undefined) {
      const [definition] = document.definitions;
      const root =
        definition?.kind === Kind.OPERATION_DEFINITION ? schema.getRootType(definition.operation) : undefined;
      const reason =
        root == null || definition?.kind !== Kind.OPERATION_DEFINITION
          ? undefined
          : judge(definition.selectionSet, root, joins.all);
      verdict = { reason };
      verdicts.set(document, verdict);
    }
    return verdict.reason;
  };
}

type Reason = string | undefined;

function conditionOf(
  node: { readonly typeCondition?: { readonly name: { readonly value: string } } | undefined },
  type: GraphQLNamedType,
  schema: GraphQLSchema,
): GraphQLNamedType {
  return (node.typeCondition && schema.getType(node.typeCondition.name.value)) ?? type;
}

/**
 * Whether what a field requires has an object of one subgraph whose own fields come from another: delegation completes
 * the parts of a requirement only on the object that requires.
 */
function createRequirementJudge(schema: GraphQLSchema, joins: JoinIndex) {
  const known = new Map<string, boolean>();

  function areSpread(type: string, field: string): boolean {
    const coordinate = `${type}.${field}`;
    const verdict = known.get(coordinate);
    if (verdict !== undefined) return verdict;
    // A requirement that leads back to itself is judged once.
    known.set(coordinate, false);
    const isSpread = joins.requirements(type, field).some((text) => {
      const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
      return definition?.kind === Kind.OPERATION_DEFINITION && isSpreadBelow(definition.selectionSet, type, undefined);
    });
    known.set(coordinate, isSpread);
    return isSpread;
  }

  function isSpreadBelow(
    { selections }: SelectionSetNode,
    typeName: string,
    graphs: readonly string[] | undefined,
  ): boolean {
    const type = schema.getType(typeName);
    return selections.some((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        return isSpreadBelow(node.selectionSet, node.typeCondition?.name.value ?? typeName, graphs);
      }
      if (node.kind !== Kind.FIELD) return false;
      const name = node.name.value;
      if (areSpread(typeName, name)) return true;
      const able = (graphs ?? [...joins.all]).filter((graph) => joins.resolves(typeName, name, graph));
      if (able.length === 0) return true;
      if (node.selectionSet === undefined) return false;
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
      return field !== undefined && isSpreadBelow(node.selectionSet, getNamedType(field.type).name, able);
    });
  }

  return { areSpread };
}
