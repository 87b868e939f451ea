import type { PoliciesDefinition } from '../../config/schema/policies.ts';
import { compileTrustedProxies as compileAddresses } from '../client-address.ts';
import { compileOwnPath } from '../own-path.ts';
import type { Identity } from '../request-context.ts';
import { compileHours } from './hours.ts';

/** What of a request a condition can look at. */
export interface PolicyFacts {
  readonly kind: 'graphql' | 'rest';
  readonly method: string;
  /** Normalised: what is judged must be what is sent on. */
  readonly path: string;
  readonly route: string;
  readonly operationName?: string | undefined;
  readonly identity: Identity | null;
  readonly clientAddress: string;
  /** For the log. */
  readonly requestId: string;
}

export type Holds = (facts: PolicyFacts) => boolean;

/** What conditions look at of a request; targets look at the rest. */
export type ConditionFacts = Pick<PolicyFacts, 'identity' | 'clientAddress'>;
type ConditionHolds = (facts: ConditionFacts) => boolean;

type ConditionDefinition = PoliciesDefinition['rules'][number]['when'];

/** @throws {TypeError} where an address, {@link RangeError} where a time zone is none. */
export function compileCondition(when: ConditionDefinition, now: () => number): ConditionHolds {
  const tests: ConditionHolds[] = [];
  const { authenticated, rolesAny, rolesAll, scopesAny, scopesAll, tiers, claims, addresses, hours } = when;
  if (authenticated !== undefined) tests.push(({ identity }) => (identity !== null) === authenticated);
  if (rolesAny !== undefined) tests.push(({ identity }) => hasAny(identity?.roles, rolesAny));
  if (rolesAll !== undefined) tests.push(({ identity }) => hasAll(identity?.roles, rolesAll));
  if (scopesAny !== undefined) tests.push(({ identity }) => hasAny(identity?.scopes, scopesAny));
  if (scopesAll !== undefined) tests.push(({ identity }) => hasAll(identity?.scopes, scopesAll));
  if (tiers !== undefined) tests.push(({ identity }) => identity?.tier !== undefined && tiers.includes(identity.tier));
  for (const [path, expected] of Object.entries(claims ?? {})) tests.push(compileClaim(path, expected));
  if (addresses !== undefined) {
    const ranges = compileAddresses(addresses);
    tests.push(({ clientAddress }) => ranges.has(clientAddress));
  }
  if (hours !== undefined) {
    const isWithin = compileHours(hours);
    tests.push(() => isWithin(now()));
  }
  return all(tests);
}

export function all<F>(tests: readonly ((facts: F) => boolean)[]): (facts: F) => boolean {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (facts) => {
    for (const test of tests) if (!test(facts)) return false;
    return true;
  };
}

function compileClaim(path: string, expected: unknown): ConditionHolds {
  const read = compileOwnPath(path);
  const accepted = new Set(Array.isArray(expected) ? (expected as unknown[]) : [expected]);
  return ({ identity }) => {
    const value = identity === null ? undefined : read(identity.claims);
    return Array.isArray(value) ? value.some((item) => accepted.has(item)) : accepted.has(value);
  };
}

function hasAny(have: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return have !== undefined && wanted.some((item) => have.includes(item));
}

function hasAll(have: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return have !== undefined && wanted.every((item) => have.includes(item));
}
