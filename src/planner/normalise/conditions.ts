import {
  type DirectiveNode,
  type DocumentNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type ValueNode,
  visit,
} from 'graphql';

const CONDITIONAL = new Set(['skip', 'include', 'defer', 'stream']);

/** Names of the variables that `@skip`, `@include`, `@defer` and `@stream` of the document read, in order of appearance. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (!CONDITIONAL.has(directive.name.value)) return;
      const condition = conditionOf(directive);
      if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
    },
  });
  return [...names];
}

/** Whether `@skip` and `@include` leave the selection in (GraphQL §3.13.1, §3.13.2). */
export function isIncluded(selection: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  for (const directive of selection.directives ?? []) {
    if (directive.name.value === 'skip' && conditionHolds(directive, variables)) return false;
    if (directive.name.value === 'include' && !conditionHolds(directive, variables)) return false;
  }
  return true;
}

/**
 * The directives that survive folding: without `@skip` and `@include`, without `@defer` and `@stream` that are off, and
 * without the conditions of those that are on.
 */
export function foldDirectives(
  directives: readonly DirectiveNode[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): readonly DirectiveNode[] {
  if (directives === undefined || directives.length === 0) return [];
  return directives.flatMap((directive) => {
    const name = directive.name.value;
    if (name === 'skip' || name === 'include') return [];
    if (name !== 'defer' && name !== 'stream') return [directive];
    if (conditionOf(directive) === undefined) return [directive];
    if (!conditionHolds(directive, variables)) return [];
    return [
      { ...directive, arguments: (directive.arguments ?? []).filter((argument) => argument.name.value !== 'if') },
    ];
  });
}

function conditionOf(directive: DirectiveNode): ValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
}

/** @throws {GraphQLError} where a nullable variable brings `null` into `if: Boolean!`. */
function conditionHolds(directive: DirectiveNode, variables: Readonly<Record<string, unknown>>): boolean {
  const condition = conditionOf(directive);
  if (condition?.kind === Kind.BOOLEAN) return condition.value;
  const value = condition?.kind === Kind.VARIABLE ? variables[condition.name.value] : undefined;
  if (typeof value === 'boolean') return value;
  throw new GraphQLError(`Argument "if" of directive "@${directive.name.value}" must be a Boolean, got ${value}`, {
    nodes: directive,
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
