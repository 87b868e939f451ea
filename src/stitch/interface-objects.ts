import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';

// Delegation knows nothing of interface objects: it looks for a field of a concrete type among the subgraphs that have
// the type, and a subgraph with an interface object has none of the interface's types.

/** Per subgraph (by its `join__Graph` value), the interface object that stands there for each concrete type. */
export type InterfaceObjects = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Writes a supergraph as if each subgraph with an interface object had the interface's types themselves, with the
 * fields of the interface object. What is sent to such a subgraph has to name the interface object again.
 */
export function expandInterfaceObjects(supergraph: DocumentNode): {
  readonly document: DocumentNode;
  readonly objects: InterfaceObjects;
} {
  const objects = new Map<string, Map<string, string>>();
  const interfaces = supergraph.definitions.filter(
    (node): node is InterfaceTypeDefinitionNode =>
      node.kind === Kind.INTERFACE_TYPE_DEFINITION && interfaceObjectGraphs(node).length > 0,
  );
  if (interfaces.length === 0) return { document: supergraph, objects };

  const definitions = supergraph.definitions.map((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return node;
    let type = node;
    for (const parent of interfaces) {
      if (!node.interfaces?.some(({ name }) => name.value === parent.name.value)) continue;
      for (const graph of interfaceObjectGraphs(parent)) {
        if (joinsOf(type.directives, 'join__type').some((join) => graphOf(join) === graph)) continue;
        type = addTo(type, parent, graph);
        const known = objects.get(graph) ?? new Map<string, string>();
        objects.set(graph, known.set(node.name.value, parent.name.value));
      }
    }
    return type;
  });
  return { document: { ...supergraph, definitions }, objects };
}

function addTo(
  type: ObjectTypeDefinitionNode,
  parent: InterfaceTypeDefinitionNode,
  graph: string,
): ObjectTypeDefinitionNode {
  const joins = joinsOf(parent.directives, 'join__type').filter((join) => graphOf(join) === graph);
  const graphs = [...new Set(joinsOf(type.directives, 'join__type').map(graphOf))];
  const fields = (type.fields ?? []).map((field): FieldDefinitionNode => {
    const own = joinsOf(field.directives, 'join__field');
    // `@join__field` without a graph: the field comes from interface objects alone.
    const located = own.filter((join) => graphOf(join) !== undefined);
    const isOnlyInherited = own.length > 0 && located.length === 0;
    const others = field.directives?.filter(({ name }) => name.value !== 'join__field') ?? [];
    const explicit =
      isOnlyInherited || located.length > 0
        ? located
        : graphs.map((name) => directive('join__field', graphArgument(name)));
    const inherited = inheritedJoins(parent, field.name.value, graph);
    if (isOnlyInherited && inherited.length === 0) return field;
    return { ...field, directives: [...others, ...explicit, ...inherited] };
  });
  const implementsJoin = directive('join__implements', graphArgument(graph), {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'interface' },
    value: { kind: Kind.STRING, value: parent.name.value },
  });
  const typeJoins = joins.map((join) => ({
    ...join,
    arguments: join.arguments?.filter(({ name }) => name.value !== 'isInterfaceObject') ?? [],
  }));
  return { ...type, fields, directives: [...(type.directives ?? []), ...typeJoins, implementsJoin] };
}

/** How the interface object of a subgraph has a field; none: it has not. */
function inheritedJoins(
  parent: InterfaceTypeDefinitionNode,
  fieldName: string,
  graph: string,
): readonly ConstDirectiveNode[] {
  const field = parent.fields?.find(({ name }) => name.value === fieldName);
  if (field === undefined) return [];
  const joins = joinsOf(field.directives, 'join__field');
  if (joins.length === 0) return [directive('join__field', graphArgument(graph))];
  return joins.filter((join) => graphOf(join) === graph);
}

function interfaceObjectGraphs(node: InterfaceTypeDefinitionNode): readonly string[] {
  const graphs = joinsOf(node.directives, 'join__type').flatMap((join) => {
    const flag = join.arguments?.find(({ name }) => name.value === 'isInterfaceObject')?.value;
    const graph = graphOf(join);
    return flag?.kind === Kind.BOOLEAN && flag.value && graph !== undefined ? [graph] : [];
  });
  return [...new Set(graphs)];
}

function joinsOf(directives: readonly ConstDirectiveNode[] | undefined, name: string): readonly ConstDirectiveNode[] {
  return directives?.filter((node) => node.name.value === name) ?? [];
}

function graphOf({ arguments: args }: ConstDirectiveNode): string | undefined {
  const value = args?.find(({ name }) => name.value === 'graph')?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

function directive(name: string, ...args: readonly (ConstArgumentNode | undefined)[]): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: args.filter((argument) => argument !== undefined),
  };
}

function graphArgument(graph: string | undefined): ConstArgumentNode | undefined {
  if (graph === undefined) return undefined;
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'graph' },
    value: { kind: Kind.ENUM, value: graph },
  };
}
