import type { PoliciesDefinition } from '../../config/schema/policies.ts';
import { compileCondition } from '../../edge/policies/condition.ts';
import type { RequestContext } from '../../edge/request-context.ts';

/** A policy in code. What it throws fails the operation: nothing is let through. */
export type Policy = (context: RequestContext) => boolean | Promise<boolean>;

/** Says which policies hold for a request. */
export interface FieldPolicies {
  readonly names: ReadonlySet<string>;
  /** The names that hold; a name that is nobody's does not. */
  evaluate(names: readonly string[], context: RequestContext): ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Policies by the names that `@policy` uses: conditions of the config, and functions of plugins.
 * @throws {TypeError} where a name comes twice.
 */
export function compileFieldPolicies(
  named: PoliciesDefinition['named'],
  ofPlugins: readonly Readonly<Record<string, Policy>>[] = [],
  now: () => number = Date.now,
): FieldPolicies {
  const policies = new Map<string, Policy>();
  const add = (name: string, policy: Policy): void => {
    if (policies.has(name)) throw new TypeError(`Cannot compile the policies: two have the name "${name}"`);
    policies.set(name, policy);
  };
  for (const [name, condition] of Object.entries(named)) add(name, compileCondition(condition, now));
  for (const each of ofPlugins) for (const [name, policy] of Object.entries(each)) add(name, policy);
  return {
    names: new Set(policies.keys()),
    evaluate(names, context) {
      if (names.length === 0) return NONE;
      const holding = new Set<string>();
      const waiting: Promise<void>[] = [];
      for (const name of names) {
        const holds = policies.get(name)?.(context) ?? false;
        if (holds === true) holding.add(name);
        if (typeof holds === 'boolean') continue;
        waiting.push(holds.then((later) => void (later === true && holding.add(name))));
      }
      return waiting.length === 0 ? holding : Promise.all(waiting).then(() => holding);
    },
  };
}
