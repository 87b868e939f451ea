import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { argumentValue, stringArgument } from './directive-arguments.ts';

type WithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

const MACHINERY = /^(?:core|join)(?:__|$)/;

/**
 * Brings a supergraph of Federation 1 (`@core`, join v0.1) into the form of Federation 2 (`@link`, join v0.3), which
 * says outright what the older form leaves to rules: which subgraphs have a type that nobody owns, and that a subgraph
 * has the key fields of the types it extends. Documents of Federation 2 are returned as they are.
 */
export function upgradeJoin(supergraph: DocumentNode): DocumentNode {
  const isOld = supergraph.definitions.some(
    (node) => node.kind === Kind.SCHEMA_DEFINITION && node.directives?.some(({ name }) => name.value === 'core'),
  );
  if (!isOld || supergraph.definitions.some(isJoinImplements)) return supergraph;

  const types = new Map<string, TypeDefinitionNode>();
  for (const node of supergraph.definitions) {
    if (isTypeDefinition(node) && !MACHINERY.test(node.name.value)) types.set(node.name.value, node);
  }
  const graphsOf = findGraphs(types);
  return {
    kind: Kind.DOCUMENT,
    definitions: supergraph.definitions.flatMap((node): DefinitionNode[] => {
      if (node.kind === Kind.SCHEMA_DEFINITION) return [{ ...node, directives: LINKS }];
      if (isTypeDefinition(node) && types.has(node.name.value)) return [upgradeType(node, graphsOf)];
      if (node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph') return [...DEFINITIONS, node];
      return 'name' in node && node.name !== undefined && MACHINERY.test(node.name.value) ? [] : [node];
    }),
  };
}

/** join v0.2, which some Federation 2 supergraphs link with `@core`, has this directive. */
function isJoinImplements(node: DefinitionNode): boolean {
  return node.kind === Kind.DIRECTIVE_DEFINITION && node.name.value === 'join__implements';
}

function isTypeDefinition(node: DefinitionNode): node is TypeDefinitionNode {
  return node.kind.endsWith('TypeDefinition');
}

/** The subgraphs that can meet each type, by following the fields that each of them resolves. */
function findGraphs(types: ReadonlyMap<string, TypeDefinitionNode>): (type: string) => ReadonlySet<string> {
  const found = new Map<string, Set<string>>();
  function visit(name: string, graph: string): void {
    const type = types.get(name);
    const graphs = found.get(name) ?? new Set();
    if (type === undefined || graphs.has(graph)) return;
    found.set(name, graphs.add(graph));
    if (type.kind === Kind.UNION_TYPE_DEFINITION)
      for (const member of type.types ?? []) visit(member.name.value, graph);
    if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      for (const field of type.fields ?? []) visit(namedType(field.type), graph);
    }
    if (!hasFields(type)) return;
    for (const { name: implemented } of type.interfaces ?? []) visit(implemented.value, graph);
    if (type.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const other of types.values()) {
        if (hasFields(other) && other.interfaces?.some((node) => node.name.value === name))
          visit(other.name.value, graph);
      }
    }
    for (const field of type.fields ?? []) {
      const resolvers = resolversOf(type, field);
      if (resolvers.length > 0 && !resolvers.some((join) => join.graph === graph)) continue;
      visit(namedType(field.type), graph);
      for (const argument of field.arguments ?? []) visit(namedType(argument.type), graph);
    }
  }

  for (const type of types.values()) {
    for (const { graph } of joins(type.directives, 'join__type')) visit(type.name.value, graph);
    if (!hasFields(type)) continue;
    for (const { directives } of type.fields ?? []) {
      for (const { graph } of joins(directives, 'join__field')) visit(type.name.value, graph);
    }
  }
  return (type) => found.get(type) ?? new Set();
}

interface Join {
  readonly graph: string;
  readonly key?: string | undefined;
  readonly requires?: string | undefined;
  readonly provides?: string | undefined;
  readonly external?: boolean;
}

function joins(directives: readonly ConstDirectiveNode[] | undefined, name: string): Join[] {
  return (directives ?? []).flatMap((directive) => {
    const graph = argumentValue(directive, 'graph');
    if (directive.name.value !== name || graph?.kind !== Kind.ENUM) return [];
    const [key, requires, provides] = ['key', 'requires', 'provides'].map((argument) =>
      stringArgument(directive, argument),
    );
    return [{ graph: graph.value, key, requires, provides }];
  });
}

/** Which subgraphs have a field and how: nothing where all that have the type have the field. */
function resolversOf(type: WithFields, field: FieldDefinitionNode): readonly Join[] {
  const [owner] = joins(type.directives, 'join__owner');
  const own = joins(field.directives, 'join__field');
  const resolvers = own.length > 0 || owner === undefined ? own : [owner];
  if (owner === undefined) return resolvers;
  const result = new Map(resolvers.map((join) => [join.graph, join]));
  const add = (join: Join, fieldSet: string | undefined) => {
    if (!result.has(join.graph) && firstNames(fieldSet).has(field.name.value)) result.set(join.graph, join);
  };
  for (const { graph, key } of joins(type.directives, 'join__type')) add({ graph }, key);
  for (const { directives } of type.fields ?? []) {
    for (const { graph, requires } of joins(directives, 'join__field')) add({ graph, external: true }, requires);
  }
  return [...result.values()];
}

/** The fields at the top of a field set: `a` and `c` of `a { b } c`. */
function firstNames(fieldSet = ''): ReadonlySet<string> {
  let flat = fieldSet;
  while (flat.includes('{')) {
    const less = flat.replace(/\{[^{}]*\}/g, ' ');
    if (less === flat) break;
    flat = less;
  }
  return new Set(flat.split(/[\s,]+/));
}

function upgradeType(type: TypeDefinitionNode, graphsOf: (type: string) => ReadonlySet<string>): TypeDefinitionNode {
  const graphs = [...graphsOf(type.name.value)];
  const shared = (other: string) => graphs.filter((graph) => graphsOf(other).has(graph));
  const keyed = joins(type.directives, 'join__type');
  const unkeyed = graphs.filter((graph) => !keyed.some((join) => join.graph === graph));
  const others = (type.directives ?? []).filter(({ name }) => !MACHINERY.test(name.value));
  const typed = [...keyed, ...unkeyed.map((graph) => ({ graph }))].map((join) => directive('join__type', join));

  if (type.kind === Kind.UNION_TYPE_DEFINITION) {
    const members = (type.types ?? []).map(({ name }) => name.value);
    const joined = members.flatMap((member) =>
      shared(member).map((graph) => directive('join__unionMember', { graph }, { member })),
    );
    return { ...type, directives: [...typed, ...joined, ...others] };
  }
  if (type.kind === Kind.ENUM_TYPE_DEFINITION) {
    const joined = graphs.map((graph) => directive('join__enumValue', { graph }));
    const values = type.values?.map((value) => ({ ...value, directives: [...joined, ...(value.directives ?? [])] }));
    return { ...type, directives: [...typed, ...others], ...(values && { values }) };
  }
  if (!hasFields(type)) return { ...type, directives: [...typed, ...others] };

  const interfaces = (type.interfaces ?? []).map(({ name }) => name.value);
  const joined = interfaces.flatMap((name) =>
    shared(name).map((graph) => directive('join__implements', { graph }, { interface: name })),
  );
  const fields = (type.fields ?? []).map((field) => ({
    ...field,
    directives: [
      ...resolversOf(type, field).map((join) => directive('join__field', { ...join, key: undefined })),
      ...(field.directives ?? []).filter(({ name }) => !MACHINERY.test(name.value)),
    ],
  }));
  return { ...type, directives: [...typed, ...joined, ...others], fields };
}

function hasFields(type: TypeDefinitionNode): type is WithFields {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function directive(
  name: string,
  { graph, external, ...strings }: Join,
  more: Record<string, string> = {},
): ConstDirectiveNode {
  const argument = (key: string, value: ConstArgumentNode['value']): ConstArgumentNode => ({
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: key },
    value,
  });
  const texts = Object.entries({ ...strings, ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: [
      argument('graph', { kind: Kind.ENUM, value: graph }),
      ...texts.map(([key, value]) => argument(key, { kind: Kind.STRING, value })),
      ...(external ? [argument('external', { kind: Kind.BOOLEAN, value: true })] : []),
    ],
  };
}

const V0_3 = parse(
  `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
  directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
  directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
  directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
  directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  scalar join__FieldSet
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }`,
  { noLocation: true },
);
const [SCHEMA, ...DEFINITIONS] = V0_3.definitions;
const LINKS = (SCHEMA?.kind === Kind.SCHEMA_DEFINITION && SCHEMA.directives) || [];
