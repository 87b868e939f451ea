import {
  type GraphQLField,
  type GraphQLNamedOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import type { Shape } from '../../../mapping/shape.ts';
import { suggestName } from '../../suggest-name.ts';
import type { Connector } from '../connector.ts';
import { type ConnectorGraph, reachableFields } from '../connector-graph.ts';
import type { KeyTree } from '../entity-key.ts';
import type { ProblemList } from '../problem-list.ts';

/** What selections give, over all connectors. */
export interface SelectedFields {
  /** Coordinates of the fields that some selection gives. */
  readonly fields: Set<string>;
  /** Types whose objects come from data that only a request shows, so that any field may be there. */
  readonly openTypes: Set<string>;
  /** Objects of which a selection lacks a field; told once all selections are known. */
  readonly lacks: {
    readonly connector: Connector;
    readonly offset: number;
    readonly typeName: string;
    readonly field: string;
  }[];
}

/** Compares a selection with the type that it has to make. */
export function checkSelection(
  connector: Connector,
  graph: ConnectorGraph,
  selected: SelectedFields,
  problems: ProblemList,
): void {
  const { typeName, fieldName, selection } = connector;
  const owner = graph.schema.getType(typeName);
  if (!isObjectType(owner)) return;
  const type = fieldName === undefined ? owner : owner.getFields()[fieldName]?.type;
  if (type === undefined) return;
  const where = fieldName === undefined ? typeName : `${typeName}.${fieldName}`;
  new SelectionCheck(connector, graph, selected, problems).check(selection.shape, getNamedType(type), where);
}

class SelectionCheck {
  readonly #connector: Connector;
  readonly #graph: ConnectorGraph;
  readonly #selected: SelectedFields;
  readonly #problems: ProblemList;

  constructor(connector: Connector, graph: ConnectorGraph, selected: SelectedFields, problems: ProblemList) {
    this.#connector = connector;
    this.#graph = graph;
    this.#selected = selected;
    this.#problems = problems;
  }

  /** @param where - the field that gets the value, for messages. */
  check(shape: Shape, type: GraphQLNamedOutputType, where: string): void {
    if (!isCompositeType(type)) {
      // A custom scalar may be any JSON.
      if (shape.kind === 'object' && (isSpecifiedScalarType(type) || isEnumType(type))) {
        this.#add(
          shape.offset,
          `${where} is ${type.name}, but the selection gives it an object`,
          'Select a single value, such as "name: path.to.value"',
        );
      }
      return;
    }
    if (shape.kind === 'object') this.#checkObject(shape, type);
    else if (shape.kind === 'unknown') this.#selected.openTypes.add(type.name);
    else {
      const fields = fieldsOf(type, this.#graph)
        .map(({ name }) => name)
        .slice(0, 3)
        .join(' ');
      this.#add(
        shape.offset,
        `${where} is ${type.name}, but the selection does not say which fields of it`,
        `Add { ${fields} … } behind it`,
      );
    }
  }

  #checkObject(shape: Shape & { readonly kind: 'object' }, type: GraphQLNamedOutputType): void {
    const fields = new Map(fieldsOf(type, this.#graph).map((field) => [field.name, field]));
    for (const [name, inner] of shape.fields) {
      if (name === '__typename') continue;
      const field = fields.get(name);
      if (field === undefined) {
        this.#add(
          inner.offset,
          `${type.name} has no field "${name}"`,
          `${suggestName(name, fields.keys())} Remove it, or name it with "field: ${name}"`,
        );
        continue;
      }
      this.#selected.fields.add(`${type.name}.${name}`);
      this.check(inner.shape, getNamedType(field.type), `${type.name}.${name}`);
    }
    if (isAbstractType(type)) {
      if (!shape.fields.has('__typename')) {
        this.#add(
          shape.offset,
          `${type.name} is abstract, but the selection does not say which type an object has`,
          'Add __typename, such as __typename: kind->match(["a", "TypeA"], ["b", "TypeB"])',
        );
      }
      for (const possible of this.#graph.schema.getPossibleTypes(type)) {
        for (const name of shape.fields.keys()) this.#selected.fields.add(`${possible.name}.${name}`);
      }
      return;
    }
    const reached = reachableFields(this.#graph, type.name, treeOf(shape));
    for (const name of fields.keys()) {
      if (reached.has(name)) continue;
      this.#selected.lacks.push({ connector: this.#connector, offset: shape.offset, typeName: type.name, field: name });
    }
  }

  #add(offset: number, message: string, hint: string): void {
    this.#problems.addInString(
      this.#connector.selectionNode,
      offset,
      `${this.#connector.coordinate}: ${message}`,
      hint,
    );
  }
}

/** The keys of an object, with those of the objects within it. */
function treeOf(shape: Shape): KeyTree {
  if (shape.kind !== 'object') return new Map();
  return new Map([...shape.fields].map(([name, field]) => [name, treeOf(field.shape)]));
}

function fieldsOf(type: GraphQLNamedOutputType, { schema }: ConnectorGraph): GraphQLField<unknown, unknown>[] {
  const own = 'getFields' in type ? Object.values(type.getFields()) : [];
  if (!isAbstractType(type)) return own as GraphQLField<unknown, unknown>[];
  const possible = schema.getPossibleTypes(type).flatMap((object) => Object.values(object.getFields()));
  return [...(isUnionType(type) ? [] : own), ...possible] as GraphQLField<unknown, unknown>[];
}
