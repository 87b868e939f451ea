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

/** The interface objects of one subgraph. */
export interface InterfaceObjects {
  /** The interface object that stands for each concrete type. */
  readonly standIns: Map<string, string>;
  /** By interface, the subgraph that knows the concrete types (its `join__Graph` value), and a key that both have. */
  readonly owners: Map<string, { readonly graph: string; readonly key: string }>;
}

/**
 * Writes a supergraph as if each subgraph with an interface object had the interface's types themselves, with the
 * fields of the interface object. What is sent to such a subgraph has to name the interface object again.
 */
export function expandInterfaceObjects(supergraph: DocumentNode): {
  readonly document: DocumentNode;
  /** By the subgraph's `join__Graph` value. */
  readonly objects: ReadonlyMap<string, InterfaceObjects>;
} {
  const objects = new Map<string, InterfaceObjects>();
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
        const known: InterfaceObjects = objects.get(graph) ?? { standIns: new Map(), owners: new Map() };
        objects.set(graph, known);
        known.standIns.set(node.name.value, parent.name.value);
        const owner = findOwner(parent, graph);
        if (owner !== undefined) known.owners.set(parent.name.value, owner);
      }
    }
    return type;
  });
  return { document: { ...supergraph, definitions }, objects };
}

function findOwner(parent: InterfaceTypeDefinitionNode, graph: string): { graph: string; key: string } | undefined {
  const objectGraphs = interfaceObjectGraphs(parent);
  const joins = joinsOf(parent.directives, 'join__type');
  const keys = joins.filter((join) => graphOf(join) === graph).map(keyOf);
  for (const join of joins) {
    const [owner, key] = [graphOf(join), keyOf(join)];
    if (owner === undefined || key === undefined || objectGraphs.includes(owner)) continue;
    if (keys.includes(key)) return { graph: owner, key };
  }
  return undefined;
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

function keyOf({ arguments: args }: ConstDirectiveNode): string | undefined {
  const value = args?.find(({ name }) => name.value === 'key')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function graphArgument(graph: string | undefined): ConstArgumentNode | undefined {
  if (graph === undefined) return undefined;
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'graph' },
    value: { kind: Kind.ENUM, value: graph },
  };
}
