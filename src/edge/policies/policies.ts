import type { PoliciesDefinition } from '../../config/schema/policies.ts';
import { WeirError } from '../../errors.ts';
import { Refusal } from '../identity/outcome.ts';
import { formatChallenge } from '../identity/www-authenticate.ts';
import { all, compileCondition, type Holds, type PolicyFacts } from './condition.ts';
import { compilePathPattern } from './path-pattern.ts';

type PolicyDefinition = PoliciesDefinition['rules'][number];

/** A request that a policy refused, or would have. For logs and counters: the client never sees the id. */
export interface PolicyEvent {
  readonly type: 'policy_denied' | 'policy_would_deny';
  /** The deciding policy; `default` where none allowed. */
  readonly policy: string;
  readonly requestId: string;
}

/** Says whether a request is let in; gives the refusal where it is not. */
export type Authorize = (facts: PolicyFacts) => Refusal | null;

export interface PoliciesOptions {
  readonly onEvent?: (event: PolicyEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Policy {
  readonly id: string;
  readonly isAbout: Holds;
  readonly holds: Holds;
  readonly scopes: readonly string[];
}

/**
 * Compiles policies into one function. A `deny` that holds decides. Else, where `allow` policies are about the request, one of
 * them must hold; where none is, the default decides. Dry runs are judged as if they counted, told, and change nothing.
 */
export function compilePolicies(definition: PoliciesDefinition, options: PoliciesOptions = {}): Authorize {
  const { onEvent, now = Date.now } = options;
  const compile = (rules: readonly PolicyDefinition[]) => compileJudge(rules, definition.default, now);
  const enforced = compile(definition.rules.filter(({ dryRun }) => !dryRun));
  const hasDryRuns = definition.rules.some(({ dryRun }) => dryRun);
  const rehearsed = hasDryRuns ? compile(definition.rules) : undefined;
  return (facts) => {
    const denial = enforced(facts);
    if (denial === null) {
      const rehearsal = rehearsed?.(facts) ?? null;
      if (rehearsal !== null)
        onEvent?.({ type: 'policy_would_deny', policy: rehearsal.id, requestId: facts.requestId });
      return null;
    }
    onEvent?.({ type: 'policy_denied', policy: denial.id, requestId: facts.requestId });
    return refuse(facts, denial);
  };
}

/** Whether a GraphQL request can be judged only when its operation is known. */
export function policiesReadOperation({ rules }: PoliciesDefinition): boolean {
  return rules.some(({ match }) => match.operations !== undefined && (match.kinds?.includes('graphql') ?? true));
}

interface Denial {
  readonly id: string;
  /** Scopes that would have sufficed. */
  readonly scopes: readonly string[];
}

function compileJudge(
  rules: readonly PolicyDefinition[],
  fallback: 'allow' | 'deny',
  now: () => number,
): (facts: PolicyFacts) => Denial | null {
  const compiled = rules.map((rule) => [rule.effect, compilePolicy(rule, now)] as const);
  const denials = compiled.filter(([effect]) => effect === 'deny').map(([, policy]) => policy);
  const grants = compiled.filter(([effect]) => effect === 'allow').map(([, policy]) => policy);
  const byDefault: Denial | null = fallback === 'allow' ? null : { id: 'default', scopes: [] };
  return (facts) => {
    for (const policy of denials)
      if (policy.isAbout(facts) && policy.holds(facts)) return { id: policy.id, scopes: [] };
    let missed: Policy | undefined;
    for (const policy of grants) {
      if (!policy.isAbout(facts)) continue;
      if (policy.holds(facts)) return null;
      missed ??= policy;
    }
    return missed === undefined ? byDefault : missed;
  };
}

function compilePolicy({ id, match, when }: PolicyDefinition, now: () => number): Policy {
  const { kinds, routes, operations, methods, paths } = match;
  const tests: Holds[] = [];
  if (kinds !== undefined) tests.push(({ kind }) => kinds.includes(kind));
  if (routes !== undefined) tests.push(({ route }) => routes.includes(route));
  if (operations !== undefined) tests.push(({ operationName }) => operations.includes(operationName ?? ''));
  if (methods !== undefined) tests.push(({ method }) => methods.includes(method));
  if (paths !== undefined) {
    const patterns = paths.map(compilePathPattern);
    tests.push(({ path }) => patterns.some((matches) => matches(path)));
  }
  return {
    id,
    isAbout: all(tests),
    holds: compileCondition(when, now),
    scopes: [...(when.scopesAll ?? []), ...(when.scopesAny ?? [])],
  };
}

/** Who is not known may become so: 401 (RFC 9110 §15.5.2). Who is known and may not: 403. */
function refuse({ identity }: PolicyFacts, { scopes }: Denial): Refusal {
  if (identity === null) return new Refusal(new WeirError('UNAUTHENTICATED'), formatChallenge({ scheme: 'Bearer' }));
  const lacksScopes = scopes.length > 0 && !scopes.every((scope) => identity.scopes.includes(scope));
  const challenge = lacksScopes ? formatChallenge({ scheme: 'Bearer', error: 'insufficient_scope', scopes }) : '';
  return new Refusal(new WeirError('FORBIDDEN'), challenge);
}
