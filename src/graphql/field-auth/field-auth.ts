import type { GraphQLSchema } from 'graphql';
import type { FieldAuthDefinition } from '../../config/schema/field-auth.ts';
import type { RequestContext } from '../../edge/request-context.ts';
import type { Operation } from '../../planner/operation.ts';
import { compileFieldRules, type FieldRules } from './field-rules.ts';
import { judgeFields } from './judge-fields.ts';
import type { FieldPolicies } from './policies.ts';
import { findProtections, type ProtectedField, type Protections } from './protections.ts';

/** Who may read which fields of a schema. */
export interface FieldAuth {
  readonly mode: FieldAuthDefinition['mode'];
  readonly rules: FieldRules;
  /** Names of all policies that are defined. */
  readonly policyNames: ReadonlySet<string>;
  /** What the operation asks of clients; `undefined`: nothing. Found once for each operation. */
  protectionsOf(operation: Operation): Protections | undefined;
  /** The fields of the operation that the client may not read, none below another. Synchronous unless a policy is not. */
  judge(operation: Operation, context: RequestContext): readonly ProtectedField[] | Promise<readonly ProtectedField[]>;
}

const NONE: readonly ProtectedField[] = [];

export function compileFieldAuth(
  schema: GraphQLSchema,
  { mode, rules: definitions }: FieldAuthDefinition,
  policies: FieldPolicies,
): FieldAuth {
  const rules = compileFieldRules(schema, definitions);
  const known = new WeakMap<Operation, Protections | false>();

  function protectionsOf(operation: Operation): Protections | undefined {
    if (rules.isEmpty) return undefined;
    let protections = known.get(operation);
    if (protections === undefined) {
      protections = findProtections(schema, operation.document, rules) ?? false;
      known.set(operation, protections);
    }
    return protections || undefined;
  }

  return {
    mode,
    rules,
    policyNames: policies.names,
    protectionsOf,
    judge(operation, context) {
      const protections = protectionsOf(operation);
      return protections === undefined ? NONE : judgeFields(protections, policies, context);
    },
  };
}
