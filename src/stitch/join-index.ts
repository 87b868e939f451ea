import { type ConstDirectiveNode, Kind } from 'graphql';
import { argumentValue, stringArgument } from '../supergraph/directive-arguments.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** Which subgraphs have what, by the values of `join__Graph`. */
export interface JoinIndex {
  readonly all: ReadonlySet<string>;
  /** The subgraphs that may resolve a field of an object that one of `graphs` gave, by themselves or through its keys. */
  graphsThatResolve(type: string, field: string, graphs: ReadonlySet<string>): ReadonlySet<string>;
  /** Whether all of `graphs` that have the union have the member, or the member is an entity, so that any may complete it. */
  isCommonMember(union: string, member: string, graphs: ReadonlySet<string>): boolean;
}

/** Reads the join directives (v0.2 to v0.5) of a supergraph. */
export function indexJoins({ document, graphs }: Supergraph): JoinIndex {
  const all = new Set([...graphs.values()].map(({ enumValue }) => enumValue));
  const keyed = new Map<string, Set<string>>();
  const resolvers = new Map<string, ReadonlySet<string>>();
  /** By union: the members of each subgraph. */
  const members = new Map<string, Map<string, Set<string>>>();

  for (const type of document.definitions) {
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
    const entries = joins.filter((join) => stringArgument(join, 'key') !== undefined && !isFalse(join, 'resolvable'));
    keyed.set(type.name.value, graphSet(entries));
    for (const field of type.fields ?? []) {
      const own = named(field.directives, 'join__field').filter((join) => !isTrue(join, 'external'));
      const found = graphSet(own);
      resolvers.set(`${type.name.value}.${field.name.value}`, found.size > 0 ? found : graphSet(joins));
    }
  }

  return {
    all,
    graphsThatResolve(type, field, from) {
      const able = resolvers.get(`${type}.${field}`) ?? all;
      const reached = [...able].filter((graph) => from.has(graph) || keyed.get(type)?.has(graph));
      return reached.length > 0 ? new Set(reached) : able;
    },
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
