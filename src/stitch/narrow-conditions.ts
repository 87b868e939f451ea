import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Fields that narrowing may write; conditions beyond stay as they are. */
const MAX_FIELDS = 5_000;

/**
 * Delegation leaves out a type condition that a subgraph does not know, and what stands below it is asked of all types of the place:
 * `... on Creation { ... on Media { genre } }` of a Tape too, which is no Creation. Here a condition on an abstract type that excludes
 * a type of its place becomes one for each object type that is left.
 *
 * @returns the same document where nothing is to be narrowed.
 */
export function narrowConditions(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const narrower = new Narrower(schema);
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const root = schema.getRootType(definition.operation);
    if (root == null) return definition;
    return { ...definition, selectionSet: narrower.selectionSet(definition.selectionSet, root, new Set([root.name])) };
  });
  return narrower.hasNarrowed ? { ...document, definitions } : document;
}

class Narrower {
  hasNarrowed = false;
  readonly #schema: GraphQLSchema;
  #budget = MAX_FIELDS;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @param possible names of the object types that an object at the place can have. */
  selectionSet(set: SelectionSetNode, type: GraphQLNamedType, possible: ReadonlySet<string>): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap((node) => this.#selection(node, type, possible)) };
  }

  #selection(node: SelectionNode, type: GraphQLNamedType, possible: ReadonlySet<string>): readonly SelectionNode[] {
    if (node.kind === Kind.FIELD) {
      this.#budget -= 1;
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
      if (node.selectionSet === undefined || field === undefined) return [node];
      const fieldType = getNamedType(field.type);
      return [{ ...node, selectionSet: this.selectionSet(node.selectionSet, fieldType, this.#possible(fieldType)) }];
    }
    const condition = node.kind === Kind.INLINE_FRAGMENT ? this.#conditionOf(node, type) : undefined;
    if (node.kind !== Kind.INLINE_FRAGMENT || condition === undefined) return [node];
    const left = [...this.#possible(condition)].filter((name) => possible.has(name));
    const isNarrowing = isAbstractType(condition) && left.length < possible.size && this.#budget > 0;
    if (!isNarrowing || isAboutObjects(node, this.#schema)) {
      return [{ ...node, selectionSet: this.selectionSet(node.selectionSet, condition, new Set(left)) }];
    }
    this.hasNarrowed = true;
    return left.map((name) => {
      const object = this.#schema.getType(name) ?? condition;
      return {
        ...node,
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
        selectionSet: this.selectionSet(node.selectionSet, object, new Set([name])),
      };
    });
  }

  #conditionOf({ typeCondition }: InlineFragmentNode, type: GraphQLNamedType): GraphQLNamedType | undefined {
    return typeCondition === undefined ? type : this.#schema.getType(typeCondition.name.value);
  }

  #possible(type: GraphQLNamedType): ReadonlySet<string> {
    return new Set(isAbstractType(type) ? this.#schema.getPossibleTypes(type).map(({ name }) => name) : [type.name]);
  }
}

/** Whether all that a fragment has stands below conditions on object types: it needs no condition of its own. */
function isAboutObjects({ selectionSet }: InlineFragmentNode, schema: GraphQLSchema): boolean {
  return selectionSet.selections.every(
    (node) =>
      node.kind === Kind.INLINE_FRAGMENT &&
      node.typeCondition !== undefined &&
      isObjectType(schema.getType(node.typeCondition.name.value)),
  );
}
