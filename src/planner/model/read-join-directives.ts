import { type ConstDirectiveNode, Kind } from 'graphql';
import { argumentValue, stringArgument } from '../../supergraph/directive-arguments.ts';

/** `@join__type` (join v0.2 to v0.5). */
export interface JoinType {
  /** The value in `join__Graph`. */
  readonly graph: string;
  readonly key: string | undefined;
  readonly isResolvable: boolean;
  readonly isInterfaceObject: boolean;
}

/** `@join__field` that names a subgraph. */
export interface JoinField {
  readonly graph: string;
  readonly requires: string | undefined;
  readonly provides: string | undefined;
  readonly type: string | undefined;
  readonly isExternal: boolean;
  /** The name of the subgraph whose field it takes over. */
  readonly override: string | undefined;
  readonly overrideLabel: string | undefined;
  readonly isUsedOverridden: boolean;
}

type Directives = readonly ConstDirectiveNode[] | undefined;

export function readJoinTypes(directives: Directives): readonly JoinType[] {
  return withGraph(directives, 'join__type').map(([graph, directive]) => ({
    graph,
    key: stringArgument(directive, 'key'),
    isResolvable: flag(directive, 'resolvable') ?? true,
    isInterfaceObject: flag(directive, 'isInterfaceObject') ?? false,
  }));
}

/** `undefined`: the field has no `@join__field` at all, so every subgraph that has the type has it. */
export function readJoinFields(directives: Directives): readonly JoinField[] | undefined {
  if (!directives?.some(({ name }) => name.value === 'join__field')) return undefined;
  return withGraph(directives, 'join__field').map(([graph, directive]) => ({
    graph,
    requires: stringArgument(directive, 'requires'),
    provides: stringArgument(directive, 'provides'),
    type: stringArgument(directive, 'type'),
    isExternal: flag(directive, 'external') ?? false,
    override: stringArgument(directive, 'override'),
    overrideLabel: stringArgument(directive, 'overrideLabel'),
    isUsedOverridden: flag(directive, 'usedOverridden') ?? false,
  }));
}

/** `@join__implements` or `@join__unionMember`: the subgraph and what it names. */
export function readJoinMembers(
  directives: Directives,
  name: 'join__implements' | 'join__unionMember',
): readonly { readonly graph: string; readonly member: string }[] {
  const argument = name === 'join__implements' ? 'interface' : 'member';
  return withGraph(directives, name).map(([graph, directive]) => ({
    graph,
    member: stringArgument(directive, argument) ?? '',
  }));
}

function withGraph(directives: Directives, name: string): readonly (readonly [string, ConstDirectiveNode])[] {
  return (directives ?? []).flatMap((directive) => {
    const graph = argumentValue(directive, 'graph');
    return directive.name.value === name && graph?.kind === Kind.ENUM ? [[graph.value, directive] as const] : [];
  });
}

function flag(directive: ConstDirectiveNode, name: string): boolean | undefined {
  const value = argumentValue(directive, name);
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
