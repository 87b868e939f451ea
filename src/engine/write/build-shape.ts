import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import type { DataKeys } from '../../planner/data-keys.ts';
import type { Operation } from '../../planner/operation.ts';
import type { FieldShape, ObjectShape, PathTemplate, Position, ValueShape } from './shape.ts';

type FieldsType = GraphQLObjectType | GraphQLInterfaceType;

/** One response key of one concrete type with everything that was selected for it. */
interface CollectedField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
}

/** @throws {Error} where the operation does not fit the schema. */
export function buildShape(schema: GraphQLSchema, operation: Operation, dataKeys: DataKeys): ObjectShape {
  return new ShapeBuilder(schema, operation.privateAlias, dataKeys).build(operation);
}

class ShapeBuilder {
  readonly #schema: GraphQLSchema;
  readonly #dataKeys: DataKeys;
  readonly #privateAlias: string | undefined;
  readonly #known = new Map<string, ObjectShape>();
  readonly #nodeIds = new Map<SelectionNode, number>();
  #count = 0;

  constructor(schema: GraphQLSchema, privateAlias: string | undefined, dataKeys: DataKeys) {
    this.#dataKeys = dataKeys;
    this.#schema = schema;
    this.#privateAlias = privateAlias;
  }

  build(operation: Operation): ObjectShape {
    const [definition] = operation.document.definitions;
    const rootType = this.#schema.getRootType(operation.kind);
    if (definition?.kind !== Kind.OPERATION_DEFINITION || rootType == null) {
      throw new Error('Cannot build the shape of an operation that the schema does not have');
    }
    const collected = this.#collectFields(rootType, [definition.selectionSet.selections]);
    return this.#objectShape([rootType], collected, [], 0);
  }

  /** GraphQL §6.3.2 CollectFields, for a normalised operation. */
  #collectFields(type: FieldsType, selectionLists: readonly (readonly SelectionNode[])[]): readonly CollectedField[] {
    const fields = new Map<string, FieldNode[]>();
    const visit = (selections: readonly SelectionNode[]): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          const key = (selection.alias ?? selection.name).value;
          const nodes = fields.get(key);
          if (nodes !== undefined) nodes.push(selection);
          else if (key !== this.#privateAlias) fields.set(key, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition?.name.value;
          if (condition === undefined || this.#satisfies(type, condition)) visit(selection.selectionSet.selections);
        }
      }
    };
    for (const selections of selectionLists) visit(selections);
    return [...fields].map(([key, nodes]) => ({ key, nodes }));
  }

  #satisfies(type: FieldsType, conditionName: string): boolean {
    if (type.name === conditionName) return true;
    const condition = this.#schema.getType(conditionName);
    return isAbstractType(condition) && this.#schema.isSubType(condition, type);
  }

  /** @param types concrete types that have the same fields here. */
  #objectShape(
    types: readonly FieldsType[],
    collected: readonly CollectedField[],
    path: PathTemplate,
    depth: number,
  ): ObjectShape {
    const [type] = types;
    if (type === undefined) throw new Error('Cannot build a shape without a type');
    const typeName = types.length === 1 ? type.name : undefined;
    // The same place under several conditions is written by one writer.
    const identity = `${pathText(path)} ${types.map(({ name }) => name).join('|')} ${this.#signature(type, collected)}`;
    const known = this.#known.get(identity);
    if (known !== undefined) return known;
    const fields: FieldShape[] = [];
    const shape: ObjectShape = { id: this.#count, typeName, fields };
    this.#count += 1;
    this.#known.set(identity, shape);
    for (const field of collected) {
      const fieldName = field.nodes[0]?.name.value ?? '';
      // Nothing requires a field of a root type: there the keys are the client's.
      const dataKey = path.length === 0 ? field.key : this.#dataKeys.keyOf(field.key, fieldName);
      fields.push({
        key: field.key,
        dataKey,
        value: this.#fieldValue(type, typeName, field, [...path, field.key], depth),
      });
    }
    return shape;
  }

  #fieldValue(
    type: FieldsType,
    typeName: string | undefined,
    { nodes }: CollectedField,
    path: PathTemplate,
    depth: number,
  ): ValueShape {
    const fieldName = nodes[0]?.name.value ?? '';
    if (fieldName === '__typename') return { kind: 'typename', typeName };
    if (fieldName.startsWith('__')) return { kind: 'introspection' };
    const definition = fieldOf(type, fieldName);
    return this.#value(definition.type, nodes, path, [typeName, fieldName], depth);
  }

  #value(
    type: GraphQLOutputType,
    nodes: readonly FieldNode[],
    path: PathTemplate,
    coordinate: Position['coordinate'],
    depth: number,
  ): ValueShape {
    const isNonNull = isNonNullType(type);
    const nullable = isNonNull ? (type.ofType as GraphQLOutputType) : type;
    const position: Position = { isNonNull, path, coordinate };
    if (isListType(nullable)) {
      const itemPath = [...path, { indexAt: depth }];
      const item = this.#value(nullable.ofType as GraphQLOutputType, nodes, itemPath, coordinate, depth + 1);
      return { kind: 'list', ...position, item, indexAt: depth };
    }
    if (isLeafType(nullable)) return { kind: 'leaf', ...position, type: nullable };
    if (!isCompositeType(nullable)) throw new Error(`Cannot build a shape of type "${type}"`);
    const selectionLists = nodes.map((node) => node.selectionSet?.selections ?? []);
    if (isObjectType(nullable)) {
      const collected = this.#collectFields(nullable, selectionLists);
      return { kind: 'object', ...position, shape: this.#objectShape([nullable], collected, path, depth) };
    }
    const byType = this.#byType(nullable, selectionLists, path, depth);
    return {
      kind: 'abstract',
      ...position,
      typeName: nullable.name,
      byType,
      untyped: isInterfaceType(nullable)
        ? this.#untyped(nullable, selectionLists, path, depth)
        : onlyShape([...byType.values()]),
      interfaceNames: isInterfaceType(nullable)
        ? [nullable, ...this.#schema.getImplementations(nullable).interfaces].map(({ name }) => name)
        : [],
    };
  }

  #untyped(
    type: GraphQLInterfaceType,
    selectionLists: readonly (readonly SelectionNode[])[],
    path: PathTemplate,
    depth: number,
  ): ObjectShape | undefined {
    const collected = this.#collectFields(type, selectionLists);
    if (collected.some(({ nodes }) => nodes[0]?.name.value === '__typename')) return undefined;
    const selected = this.#nodesText(collected);
    const isDecidedByType = this.#schema
      .getPossibleTypes(type)
      .some((object) => this.#nodesText(this.#collectFields(object, selectionLists)) !== selected);
    if (isDecidedByType) return undefined;
    return this.#objectShape([type], collected, path, depth);
  }

  #byType(
    type: GraphQLAbstractType,
    selectionLists: readonly (readonly SelectionNode[])[],
    path: PathTemplate,
    depth: number,
  ): ReadonlyMap<string, ObjectShape> {
    const groups = new Map<
      string,
      { readonly collected: readonly CollectedField[]; readonly types: GraphQLObjectType[] }
    >();
    for (const object of this.#schema.getPossibleTypes(type)) {
      const collected = this.#collectFields(object, selectionLists);
      const signature = this.#signature(object, collected);
      const group = groups.get(signature);
      if (group === undefined) groups.set(signature, { collected, types: [object] });
      else group.types.push(object);
    }
    const byType = new Map<string, ObjectShape>();
    for (const { collected, types } of groups.values()) {
      const shape = this.#objectShape(types, collected, path, depth);
      for (const { name } of types) byType.set(name, shape);
    }
    return byType;
  }

  /** Equal for types whose objects are written alike. */
  #signature(type: FieldsType, collected: readonly CollectedField[]): string {
    return collected
      .map((field) => {
        const name = field.nodes[0]?.name.value ?? '';
        const fieldType = name.startsWith('__') ? '' : String(fieldOf(type, name).type);
        return `${this.#nodesText([field])}:${fieldType}`;
      })
      .join(',');
  }

  /** Equal where the same is selected. */
  #nodesText(collected: readonly CollectedField[]): string {
    return collected.map(({ nodes }) => nodes.map((node) => this.#idOf(node)).join('+')).join(',');
  }

  #idOf(node: SelectionNode): number {
    let id = this.#nodeIds.get(node);
    if (id === undefined) {
      id = this.#nodeIds.size;
      this.#nodeIds.set(node, id);
    }
    return id;
  }
}

/** The one shape that all have, where it does not tell their type. */
function onlyShape([first, ...others]: readonly ObjectShape[]): ObjectShape | undefined {
  const isOnly = first !== undefined && others.every((other) => other === first);
  return isOnly && first.fields.every(({ value }) => value.kind !== 'typename') ? first : undefined;
}

function fieldOf(type: FieldsType, name: string): GraphQLField<unknown, unknown> {
  const definition = type.getFields()[name];
  if (definition === undefined || getNamedType(definition.type) === undefined) {
    throw new Error(`Cannot build a shape: the schema has no field "${type.name}.${name}"`);
  }
  return definition;
}

function pathText(path: PathTemplate): string {
  return path.map((segment) => (typeof segment === 'string' ? segment : '@')).join('.');
}
