import type { RequestContext } from '../../edge/request-context.ts';
import { meets } from './demand.ts';
import type { FieldPolicies } from './policies.ts';
import type { ProtectedField, Protections } from './protections.ts';

const NONE: readonly ProtectedField[] = [];

/**
 * The fields of an operation that the client may not read, without those below another. Synchronous unless a policy is not.
 */
export function judgeFields(
  protections: Protections,
  policies: FieldPolicies,
  context: RequestContext,
): readonly ProtectedField[] | Promise<readonly ProtectedField[]> {
  const holding = policies.evaluate(protections.policies, context);
  return holding instanceof Promise
    ? holding.then((names) => findRefused(protections, names, context))
    : findRefused(protections, holding, context);
}

function findRefused(
  { demands, fields }: Protections,
  holding: ReadonlySet<string>,
  { identity }: RequestContext,
): readonly ProtectedField[] {
  const holds = (policy: string) => holding.has(policy);
  const met = demands.map((demand) => meets(demand, identity, holds));
  if (met.every(Boolean)) return NONE;
  const refused: ProtectedField[] = [];
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] as ProtectedField;
    if (met[field.demand]) {
      at += 1;
      continue;
    }
    refused.push(field);
    at = field.next;
  }
  return refused;
}
