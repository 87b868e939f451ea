import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { normaliseOperation } from '../../planner/normalise.ts';
import type { Operation } from '../../planner/operation.ts';

/**
 * An operation as large as its variables can make it: nothing that depends on one is skipped or left out. The values of the
 * variables are not known before a request; those that have defaults have these.
 */
export function largestForm(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
): { readonly operation: Operation; readonly variables: Readonly<Record<string, unknown>> } {
  const unconditional = visit(document, {
    Directive(directive) {
      const condition = directive.arguments?.find(({ name }) => name.value === 'if');
      if (condition?.value.kind !== Kind.VARIABLE) return undefined;
      const { value: name } = directive.name;
      if (name === 'skip' || name === 'include') return null;
      return { ...directive, arguments: directive.arguments?.filter((argument) => argument !== condition) };
    },
  });
  const defaults = (definition.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  return { operation: normaliseOperation(schema, unconditional, null, {}), variables: Object.fromEntries(defaults) };
}
