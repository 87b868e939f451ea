import { type ConstDirectiveNode, isTypeDefinitionNode, Kind } from 'graphql';
import { argumentValue, stringArgument } from '../supergraph/directive-arguments.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** Which subgraphs have what, by the values of `join__Graph`. */
export interface JoinIndex {
  readonly all: ReadonlySet<string>;
  /** The subgraphs that may resolve a field of an object that one of `graphs` gave, by themselves or through its keys. */
  graphsThatResolve(type: string, field: string, graphs: ReadonlySet<string>): ReadonlySet<string>;
  /** Whether a subgraph resolves a field of an object that it has: the field is there, and not external. */
  resolves(type: string, field: string, graph: string): boolean;
  /** Whether an object of a subgraph may stand where the subgraph declares an interface. */
  implements(type: string, name: string, graph: string): boolean;
  /** Whether a subgraph has a type. */
  has(type: string, graph: string): boolean;
  /** Whether a subgraph has a field of an object, but leaves it to others: it is external or overridden there. */
  isForeign(type: string, field: string, graph: string): boolean;
  /** Whether the objects of a type that a subgraph gives have a key by which another subgraph can go on. */
  leads(type: string, from: string, to: string): boolean;
  /** What a field's resolvers require of its object and provide below it, as field sets. */
  requirements(type: string, field: string): readonly string[];
  provisions(type: string, field: string): readonly string[];
  /** Whether subgraphs declare the field with different types. */
  hasSeveralTypes(type: string, field: string): boolean;
  /** Whether all of `graphs` that have the union have the member, or the member is an entity, so that any may complete it. */
  isCommonMember(union: string, member: string, graphs: ReadonlySet<string>): boolean;
}

/** Reads the join directives (v0.2 to v0.5) of a supergraph. */
export function indexJoins({ document, graphs }: Supergraph): JoinIndex {
  const all = new Set([...graphs.values()].map(({ enumValue }) => enumValue));
  const keyed = new Map<string, Set<string>>();
  /** Of entities: the subgraphs that know one of its keys, whether or not they resolve it. */
  const known = new Map<string, ReadonlySet<string>>();
  const keys = new Map<string, readonly ConstDirectiveNode[]>();
  const fields = new Map<string, readonly ConstDirectiveNode[]>();
  const implementations = new Map<string, readonly ConstDirectiveNode[]>();
  const owners = new Map<string, ReadonlySet<string>>();
  const resolvers = new Map<string, ReadonlySet<string>>();
  /** By union: the members of each subgraph. */
  const members = new Map<string, Map<string, Set<string>>>();

  for (const type of document.definitions) {
    if (isTypeDefinitionNode(type)) owners.set(type.name.value, graphSet(named(type.directives, 'join__type')));
    if (type.kind === Kind.UNION_TYPE_DEFINITION) {
      const byGraph = new Map<string, Set<string>>();
      for (const directive of named(type.directives, 'join__unionMember')) {
        const graph = graphOf(directive);
        const member = stringArgument(directive, 'member');
        if (graph === undefined || member === undefined) continue;
        byGraph.set(graph, (byGraph.get(graph) ?? new Set()).add(member));
      }
      members.set(type.name.value, byGraph);
    }
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const joins = named(type.directives, 'join__type');
    implementations.set(type.name.value, named(type.directives, 'join__implements'));
    const entries = joins.filter((join) => stringArgument(join, 'key') !== undefined && !isFalse(join, 'resolvable'));
    keys.set(type.name.value, joins);
    keyed.set(type.name.value, graphSet(entries));
    known.set(type.name.value, graphSet(joins.filter((join) => stringArgument(join, 'key') !== undefined)));
    for (const field of type.fields ?? []) {
      const fieldJoins = named(field.directives, 'join__field');
      fields.set(`${type.name.value}.${field.name.value}`, fieldJoins);
      const own = fieldJoins.filter((join) => !isTrue(join, 'external') && !isTrue(join, 'usedOverridden'));
      const found = graphSet(own);
      resolvers.set(`${type.name.value}.${field.name.value}`, found.size > 0 ? found : graphSet(joins));
    }
  }

  /** Key fields may be marked external, and are there all the same. */
  const isKeyField = (type: string, field: string, graph: string) =>
    (keys.get(type) ?? []).some(
      (join) =>
        graphOf(join) === graph &&
        stringArgument(join, 'key')
          ?.split(/[\s{}]+/)
          .includes(field),
    );

  return {
    all,
    graphsThatResolve(type, field, from) {
      const able = resolvers.get(`${type}.${field}`) ?? all;
      const reached = [...able].filter((graph) => from.has(graph) || keyed.get(type)?.has(graph));
      return reached.length > 0 ? new Set(reached) : able;
    },
    resolves: (type, field, graph) => field === '__typename' || resolvers.get(`${type}.${field}`)?.has(graph) === true,
    implements: (type, name, graph) =>
      implementations
        .get(type)
        ?.some((join) => graphOf(join) === graph && stringArgument(join, 'interface') === name) === true,
    has: (type, graph) => owners.get(type)?.has(graph) === true,
    isForeign(type, field, graph) {
      const fieldJoins = fields.get(`${type}.${field}`) ?? [];
      const isNamed = fieldJoins.some((join) => graphOf(join) !== undefined);
      return isNamed && !resolvers.get(`${type}.${field}`)?.has(graph) && !isKeyField(type, field, graph);
    },
    leads: (type, from, to) => known.get(type)?.has(from) === true && keyed.get(type)?.has(to) === true,
    requirements: (type, field) => strings(fields.get(`${type}.${field}`), 'requires'),
    provisions: (type, field) => strings(fields.get(`${type}.${field}`), 'provides'),
    hasSeveralTypes: (type, field) => new Set(strings(fields.get(`${type}.${field}`), 'type')).size > 1,
    isCommonMember(union, member, from) {
      if (keyed.get(member)?.size) return true;
      const byGraph = members.get(union);
      return [...from].every((graph) => byGraph?.get(graph)?.has(member) ?? true);
    },
  };
}

function named(directives: readonly ConstDirectiveNode[] | undefined, name: string): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter((directive) => directive.name.value === name);
}

function strings(directives: readonly ConstDirectiveNode[] = [], argument: string): string[] {
  return directives.flatMap((directive) => stringArgument(directive, argument) ?? []);
}

function graphSet(directives: readonly ConstDirectiveNode[]): Set<string> {
  return new Set(directives.flatMap((directive) => graphOf(directive) ?? []));
}

function graphOf(directive: ConstDirectiveNode): string | undefined {
  const graph = argumentValue(directive, 'graph');
  return graph?.kind === Kind.ENUM ? graph.value : undefined;
}

function isTrue(directive: ConstDirectiveNode, name: string): boolean {
  const value = argumentValue(directive, name);
  return value?.kind === Kind.BOOLEAN && value.value;
}

function isFalse(directive: ConstDirectiveNode, name: string): boolean {
  const value = argumentValue(directive, name);
  return value?.kind === Kind.BOOLEAN && !value.value;
}
