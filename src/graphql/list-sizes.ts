import {
  type ArgumentNode,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  Kind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Adds up the lengths of the lists that an operation gives to one argument.
 * @param argument A coordinate such as `Query.users(ids:)`.
 */
export type ListSizes = (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  argument: string,
) => number;

export function compileListSizes(schema: GraphQLSchema): ListSizes {
  const found = new WeakMap<DocumentNode, Map<string, readonly ValueNode[]>>();
  return (document, variables, argument) => {
    let ofDocument = found.get(document);
    if (ofDocument === undefined) {
      ofDocument = new Map();
      found.set(document, ofDocument);
    }
    let values = ofDocument.get(argument);
    if (values === undefined) {
      values = findValues(schema, document, argument);
      ofDocument.set(argument, values);
    }
    return values.reduce((sum, value) => sum + sizeOf(value, variables), 0);
  };
}

function findValues(schema: GraphQLSchema, document: DocumentNode, argument: string): ValueNode[] {
  const values: ValueNode[] = [];
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Argument(node: ArgumentNode) {
        const parent = getNamedType(typeInfo.getParentType() ?? undefined);
        if (`${parent?.name}.${typeInfo.getFieldDef()?.name}(${node.name.value}:)` === argument)
          values.push(node.value);
      },
    }),
  );
  return values;
}

/** GraphQL §3.11: a single value stands for a list of one. */
function sizeOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): number {
  if (node.kind === Kind.LIST) return node.values.length;
  if (node.kind === Kind.NULL) return 0;
  if (node.kind !== Kind.VARIABLE) return 1;
  const { value: name } = node.name;
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === undefined || value === null) return 0;
  return Array.isArray(value) ? value.length : 1;
}
