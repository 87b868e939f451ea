import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  parseType,
  print,
  type SelectionNode,
  type TypeNode,
  type UnionTypeDefinitionNode,
} from 'graphql';
import { readJoinGraphs } from '../../supergraph/join-graphs.ts';
import type { Entry, FederationModel, FieldSet, SubgraphField, SubgraphType } from './federation-model.ts';
import { type JoinField, readJoinFields, readJoinMembers, readJoinTypes } from './read-join-directives.ts';

type FieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
type CompositeNode = FieldsNode | UnionTypeDefinitionNode;

/** @param activeLabels labels of `@override(label:)` that are on. */
export function readFederationModel(supergraph: DocumentNode, activeLabels: ReadonlySet<string>): FederationModel {
  return new ModelReader(supergraph, activeLabels).read();
}

class ModelReader {
  readonly #supergraph: DocumentNode;
  readonly #activeLabels: ReadonlySet<string>;
  readonly #composites = new Map<string, CompositeNode>();
  /** Subgraph names by their value in `join__Graph`. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #possible = new Map<string, string[]>();
  readonly #fieldSets = new Map<string, FieldSet>();
  /** By the text of a field with arguments. */
  readonly #aliases = new Map<string, string>();

  constructor(supergraph: DocumentNode, activeLabels: ReadonlySet<string>) {
    this.#supergraph = supergraph;
    this.#activeLabels = activeLabels;
    this.#names = new Map([...readJoinGraphs(supergraph).values()].map(({ enumValue, name }) => [enumValue, name]));
    for (const node of supergraph.definitions) {
      const isComposite =
        node.kind === Kind.OBJECT_TYPE_DEFINITION ||
        node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
        node.kind === Kind.UNION_TYPE_DEFINITION;
      if (isComposite) this.#composites.set(node.name.value, node);
    }
    for (const node of this.#composites.values()) this.#addPossible(node);
  }

  read(): FederationModel {
    const subgraphs = new Map([...this.#names].map(([graph, name]) => [name, this.#readSubgraph(graph)]));
    const entries = indexEntries(subgraphs);
    const possible = this.#possible;
    const fieldTypes = new Map(
      [...this.#composites.values()].flatMap((node) =>
        node.kind === Kind.UNION_TYPE_DEFINITION
          ? []
          : [[node.name.value, new Map((node.fields ?? []).map((field) => [field.name.value, namedType(field.type)]))]],
      ),
    );
    return {
      subgraphs,
      rootTypes: new Map(
        this.#supergraph.definitions.flatMap((node) =>
          node.kind === Kind.SCHEMA_DEFINITION
            ? node.operationTypes.map(({ operation, type }) => [operation, type.name.value] as const)
            : [],
        ),
      ),
      possibleTypes: (typeName) => possible.get(typeName) ?? [],
      satisfies: (objectName, condition) =>
        objectName === condition || (possible.get(condition)?.includes(objectName) ?? false),
      fieldTypeName: (typeName, fieldName) => fieldTypes.get(typeName)?.get(fieldName),
      ...entries,
    };
  }

  #addPossible(node: CompositeNode): void {
    const name = node.name.value;
    const add = (abstract: string, object: string): void => {
      const known = this.#possible.get(abstract);
      if (known === undefined) this.#possible.set(abstract, [object]);
      else known.push(object);
    };
    if (node.kind === Kind.UNION_TYPE_DEFINITION) for (const member of node.types ?? []) add(name, member.name.value);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return;
    add(name, name);
    for (const implemented of node.interfaces ?? []) add(implemented.name.value, name);
  }

  #readSubgraph(graph: string): ReadonlyMap<string, SubgraphType> {
    const types = new Map<string, SubgraphType>();
    for (const node of this.#composites.values()) {
      const joins = readJoinTypes(node.directives).filter((join) => join.graph === graph);
      const [first] = joins;
      if (first === undefined) continue;
      const name = node.name.value;
      const kind = first.isInterfaceObject
        ? 'interfaceObject'
        : node.kind === Kind.OBJECT_TYPE_DEFINITION
          ? 'object'
          : node.kind === Kind.INTERFACE_TYPE_DEFINITION
            ? 'interface'
            : 'union';
      types.set(name, {
        name,
        kind,
        keys: joins.flatMap(({ key, isResolvable }) =>
          key === undefined || !isResolvable ? [] : [this.#fieldSet(key)],
        ),
        // An interface that no type implements stands for itself.
        members: !this.#possible.has(name)
          ? [name]
          : kind === 'interfaceObject'
            ? (this.#possible.get(name) ?? [])
            : this.#membersAt(node, graph),
        fields: this.#readFields(node, graph, kind),
      });
    }
    return types;
  }

  #readFields(node: CompositeNode, graph: string, kind: SubgraphType['kind']): ReadonlyMap<string, SubgraphField> {
    const fields = new Map<string, SubgraphField>();
    for (const field of node.kind === Kind.UNION_TYPE_DEFINITION ? [] : (node.fields ?? [])) {
      const read = this.#readField(field, graph);
      if (read !== undefined) fields.set(field.name.value, read);
    }
    if (kind !== 'interfaceObject') return fields;
    // Composition may drop `@external` from fields of an interface object, but only external fields can be required.
    const required = new Set(
      [...fields.values()].flatMap(({ requires }) =>
        (requires?.selections ?? []).flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : [])),
      ),
    );
    const keys = readJoinTypes(node.directives).flatMap(({ key }) => key?.match(/\w+/g) ?? []);
    for (const name of required) {
      const field = fields.get(name);
      if (field !== undefined && !keys.includes(name)) fields.set(name, { ...field, isExternal: true });
    }
    return fields;
  }

  /** The object types of an abstract type that one subgraph knows as such. */
  #membersAt(node: CompositeNode, graph: string): readonly string[] {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) return [node.name.value];
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      return readJoinMembers(node.directives, 'join__unionMember')
        .filter((join) => join.graph === graph)
        .map(({ member }) => member);
    }
    return (this.#possible.get(node.name.value) ?? []).filter((object) =>
      readJoinMembers(this.#composites.get(object)?.directives, 'join__implements').some(
        (join) => join.graph === graph && join.member === node.name.value,
      ),
    );
  }

  #readField(field: FieldDefinitionNode, graph: string): SubgraphField | undefined {
    const joins = readJoinFields(field.directives);
    const join = joins?.find((one) => one.graph === graph);
    if (joins !== undefined && join === undefined) return undefined;
    const type = join?.type === undefined ? field.type : parseType(join.type, { noLocation: true });
    const typeName = namedType(type);
    return {
      name: field.name.value,
      typeName,
      isList: isList(type),
      shape: shapeOf(type, this.#composites.has(typeName)),
      isExternal: join !== undefined && (join.isExternal || this.#isOverridden(join, joins ?? [])),
      requires: join?.requires === undefined ? undefined : this.#fieldSet(join.requires),
      provides: join?.provides === undefined ? undefined : this.#fieldSet(join.provides),
    };
  }

  #isOverridden(join: JoinField, joins: readonly JoinField[]): boolean {
    const isOn = ({ overrideLabel }: JoinField): boolean =>
      overrideLabel === undefined || this.#activeLabels.has(overrideLabel);
    if (join.override !== undefined && !isOn(join)) return true;
    const name = this.#names.get(join.graph);
    const takenOver = joins.some((other) => other.override === name && other.graph !== join.graph && isOn(other));
    return takenOver || (join.isUsedOverridden && join.overrideLabel === undefined);
  }

  #fieldSet(text: string): FieldSet {
    const known = this.#fieldSets.get(text);
    if (known !== undefined) return known;
    const [definition] = parse(`{${text}}`, { noLocation: true }).definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Cannot read the field set "${text}"`);
    const fieldSet: FieldSet = { text, selections: this.#aliasFields(definition.selectionSet.selections) };
    this.#fieldSets.set(text, fieldSet);
    return fieldSet;
  }

  /** Gives fields with arguments data keys of their own: one requirement may ask `price(currency: "EUR")`, another in USD. */
  #aliasFields(selections: readonly SelectionNode[]): readonly SelectionNode[] {
    return selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      const selectionSet = selection.selectionSet && {
        ...selection.selectionSet,
        selections: this.#aliasFields(selection.selectionSet.selections),
      };
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return { ...selection, selectionSet: selectionSet ?? selection.selectionSet };
      const alias =
        (selection.arguments ?? []).length === 0
          ? undefined
          : this.#aliasFor(print({ ...selection, selectionSet: undefined }));
      return {
        ...selection,
        ...(selectionSet !== undefined && { selectionSet }),
        ...(alias !== undefined && { alias: { kind: Kind.NAME, value: alias } as const }),
      };
    });
  }

  #aliasFor(field: string): string {
    const alias = this.#aliases.get(field) ?? `_weir_required_${this.#aliases.size}`;
    this.#aliases.set(field, alias);
    return alias;
  }
}

function indexEntries(
  subgraphs: FederationModel['subgraphs'],
): Pick<FederationModel, 'entriesFor' | 'interfaceEntriesFor' | 'entryAt'> {
  const at = new Map<string, Map<string, Entry>>();
  const byObject = new Map<string, Entry[]>();
  const byInterface = new Map<string, Entry[]>();
  const push = (into: Map<string, Entry[]>, key: string, entry: Entry): void => {
    into.set(key, [...(into.get(key) ?? []), entry]);
  };
  let id = 0;
  for (const [subgraph, types] of subgraphs) {
    const entries = new Map<string, Entry>();
    at.set(subgraph, entries);
    for (const type of types.values()) {
      const entry: Entry = { id, subgraph, type };
      id += 1;
      entries.set(type.name, entry);
      if (type.keys.length === 0) continue;
      if (type.kind === 'object') push(byObject, type.name, entry);
      else push(byInterface, type.name, entry);
      if (type.kind === 'interfaceObject') for (const member of type.members) push(byObject, member, entry);
    }
  }
  return {
    entriesFor: (objectName) => byObject.get(objectName) ?? [],
    interfaceEntriesFor: (interfaceName) => byInterface.get(interfaceName) ?? [],
    entryAt: (subgraph, typeName) => at.get(subgraph)?.get(typeName),
  };
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
}

function shapeOf(type: TypeNode, isComposite: boolean): string {
  if (type.kind === Kind.NAMED_TYPE) return isComposite ? '{}' : type.name.value;
  const inner = shapeOf(type.type, isComposite);
  return type.kind === Kind.LIST_TYPE ? `[${inner}]` : `${inner}!`;
}
