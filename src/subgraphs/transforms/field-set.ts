import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { operationDefinition } from '../subgraph-operation.ts';
import type { Hidden } from './hidden.ts';
import type { Names } from './names.ts';

/** A federation `FieldSet` (`id org { id }`) in the names of the graph. `hidden` is the first field in it that the graph does not get. */
export function transformFieldSet(
  fieldSet: string,
  schema: GraphQLSchema,
  typeName: string,
  names: Names,
  hidden: Hidden,
): { readonly fieldSet: string; readonly hidden: string | undefined } {
  let firstHidden: string | undefined;

  const transform = (selectionSet: SelectionSetNode, type: GraphQLNamedType | undefined): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.map((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition?.name.value;
        const inner = condition === undefined ? type : schema.getType(condition);
        const selected = transform(node.selectionSet, inner);
        if (condition === undefined) return { ...node, selectionSet: selected };
        const name = { kind: Kind.NAME, value: names.typeInGraph.get(condition) ?? condition } as const;
        return { ...node, typeCondition: { kind: Kind.NAMED_TYPE, name }, selectionSet: selected };
      }
      const field = node.name.value;
      const parent = isObjectType(type) || isInterfaceType(type) ? type : undefined;
      if (parent !== undefined && field !== '__typename' && hidden.hidesField(parent.name, field))
        firstHidden ??= `${parent.name}.${field}`;
      const definition = parent?.getFields()[field];
      return {
        ...node,
        name: { kind: Kind.NAME, value: names.fieldInGraph.get(parent?.name ?? '')?.get(field) ?? field },
        ...(node.selectionSet === undefined
          ? {}
          : { selectionSet: transform(node.selectionSet, definition && getNamedType(definition.type)) }),
      };
    }),
  });

  const { selectionSet } = operationDefinition(parse(`{${fieldSet}}`, { noLocation: true }));
  const text = stripIgnoredCharacters(print(transform(selectionSet, schema.getType(typeName))));
  return { fieldSet: text.slice(1, -1), hidden: firstHidden };
}
