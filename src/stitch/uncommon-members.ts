import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { JoinIndex } from './join-index.ts';

/**
 * The fields of a document that only some of the subgraphs that may be asked for their parent can answer: those of
 * union members that not all subgraphs have which can resolve the union's place. The answer must not depend on which
 * of them is asked, so no one is asked for these fields; they are null. Fields that may not be null are left alone.
 */
export function findUncommonFields(
  schema: GraphQLSchema,
  joins: JoinIndex,
  document: DocumentNode,
): ReadonlySet<FieldNode> {
  const uncommon = new Set<FieldNode>();

  function visit({ selections }: SelectionSetNode, type: GraphQLNamedType, graphs: ReadonlySet<string>): void {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type;
        if (condition === undefined) continue;
        const isUncommon =
          isUnionType(type) && isObjectType(condition) && !joins.isCommonMember(type.name, condition.name, graphs);
        if (isUncommon) addNullable(node.selectionSet, condition);
        else visit(node.selectionSet, condition, graphs);
      } else if (node.kind === Kind.FIELD && node.selectionSet !== undefined) {
        const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
        if (field !== undefined) {
          visit(
            node.selectionSet,
            getNamedType(field.type),
            joins.graphsThatResolve(type.name, node.name.value, graphs),
          );
        }
      }
    }
  }

  function addNullable({ selections }: SelectionSetNode, type: GraphQLNamedType): void {
    if (!isObjectType(type)) return;
    for (const node of selections) {
      if (node.kind !== Kind.FIELD) continue;
      const field = type.getFields()[node.name.value];
      if (field !== undefined && !isNonNullType(field.type)) uncommon.add(node);
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = schema.getRootType(definition.operation);
    if (root != null) visit(definition.selectionSet, root, joins.all);
  }
  return uncommon;
}
