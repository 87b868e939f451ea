import type { RateLimitDefinition } from '../../config/schema/limits.ts';
import { toRedisTarget } from '../redis-target.ts';
import { type Demand, defineLimit, type Limit } from './limit.ts';
import { compileLimitKey, countsOneClient, type LimitFacts, needsIdentity } from './limit-key.ts';
import type { Limiter } from './limiter.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { type LimitStoreEvent, RedisLimiter } from './redis-limiter.ts';

type LimitConfig = RateLimitDefinition['limits'][number];

/** Says which limits a request must pass, and what it costs in each. */
export type ToDemands = (facts: LimitFacts) => readonly Demand[];

/** The limits of a config, and which of them can be told of a request when. */
export interface RequestLimits {
  /** All that the request must pass. */
  readonly toDemands: ToDemands;
  /** Those that neither the client's identity nor the operation can change. */
  readonly beforeIdentity: ToDemands;
  /** Those that the operation cannot change. */
  readonly beforeOperation: ToDemands;
  /** Those that the operation changes. */
  readonly ofOperation: ToDemands;
  /** Those that count one client, not all of them together. */
  readonly ofClient: ToDemands;
  /** Whether a GraphQL request can be told its limits only when its operation is known. */
  readonly needOperation: boolean;
  /** Coordinates of arguments whose lists are a cost. */
  readonly listArguments: ReadonlySet<string>;
}

const NONE: readonly Demand[] = [];

/** @param definitions Names are unique. */
export function compileLimits(definitions: readonly LimitConfig[]): RequestLimits {
  const rules = definitions.map(compileRule);
  const isOfOperation = ({ needsOperation }: Rule) => needsOperation;
  return {
    toDemands: joinRules(rules),
    beforeIdentity: joinRules(rules.filter((rule) => !rule.needsIdentity && !rule.needsOperation)),
    beforeOperation: joinRules(rules.filter((rule) => !rule.needsOperation)),
    ofOperation: joinRules(rules.filter(isOfOperation)),
    ofClient: joinRules(rules.filter(({ countsOneClient }) => countsOneClient)),
    needOperation: rules.some(isOfOperation),
    listArguments: new Set(definitions.flatMap(({ cost }) => (typeof cost === 'object' ? [cost.listSize] : []))),
  };
}

function joinRules(rules: readonly Rule[]): ToDemands {
  if (rules.length === 0) return () => NONE;
  return (facts) => {
    const demands: Demand[] = [];
    for (const rule of rules) if (rule.matches(facts)) demands.push(rule.toDemand(facts));
    return demands;
  };
}

/** The limiter that the config asks for: in this process, or in Redis. */
export function createLimiter(definition: RateLimitDefinition, onEvent?: (event: LimitStoreEvent) => void): Limiter {
  const { redis, redisNamespace, redisDeadlineMs, maxKeys } = definition;
  if (redis === undefined) return new MemoryLimiter({ maxKeys });
  const options = { target: toRedisTarget(redis), namespace: redisNamespace, deadlineMs: redisDeadlineMs, maxKeys };
  return new RedisLimiter(onEvent === undefined ? options : { ...options, onEvent });
}

interface Rule {
  readonly needsIdentity: boolean;
  /** Of GraphQL requests; a route has no operation. */
  readonly needsOperation: boolean;
  readonly countsOneClient: boolean;
  matches(facts: LimitFacts): boolean;
  toDemand(facts: LimitFacts): Demand;
}

function compileRule(definition: LimitConfig): Rule {
  const { by, cost, match } = definition;
  const limit = toLimit(definition, definition.max, definition.name);
  const tiers = new Map(
    Object.entries(definition.tiers).map(([tier, max]) => [
      tier,
      toLimit(definition, max, `${definition.name}.${tier}`),
    ]),
  );
  const toKey = compileLimitKey(by);
  const toCost = compileCost(cost);
  const isForGraphql = match.kinds === undefined || match.kinds.includes('graphql');
  const readsOperation =
    match.operations !== undefined || typeof cost !== 'number' || [by].flat().includes('operation');
  return {
    needsIdentity: needsIdentity(by) || tiers.size > 0 || match.tiers !== undefined || match.anonymous !== undefined,
    needsOperation: isForGraphql && readsOperation,
    countsOneClient: countsOneClient(by),
    matches: compileMatch(match),
    toDemand: (facts) => ({
      limit: tiers.get(facts.identity?.tier ?? '') ?? limit,
      key: toKey(facts),
      cost: toCost(facts),
    }),
  };
}

function compileCost(cost: LimitConfig['cost']): (facts: LimitFacts) => number {
  if (typeof cost === 'number') return () => cost;
  const read: (facts: LimitFacts) => number | undefined =
    cost === 'operation' ? (facts) => facts.operationCost : (facts) => facts.listSizeOf?.(cost.listSize);
  return (facts) => Math.max(1, Math.ceil(read(facts) ?? 1));
}

function toLimit(definition: LimitConfig, max: number, name: string): Limit {
  const { algorithm, windowMs, burst, mode, lease, onStoreFailure, countRejected, expose, dryRun } = definition;
  // A tier's burst grows with its limit.
  const scaled = burst === undefined ? undefined : Math.max(1, Math.round((burst * max) / definition.max));
  return defineLimit({
    ...{ name, max, algorithm, windowMs, mode, onStoreFailure, countRejected, expose, dryRun },
    ...(scaled === undefined ? {} : { burst: scaled }),
    ...(lease === undefined ? {} : { lease: Math.min(lease, max) }),
  });
}

function compileMatch(match: LimitConfig['match']): (facts: LimitFacts) => boolean {
  const tests: ((facts: LimitFacts) => boolean)[] = [];
  const { kinds, routes, operations, methods, tiers, anonymous } = match;
  if (kinds !== undefined) tests.push(({ kind }) => kinds.includes(kind));
  if (routes !== undefined) tests.push(({ route }) => routes.includes(route));
  if (operations !== undefined) tests.push(({ operationName }) => operations.includes(operationName ?? ''));
  if (methods !== undefined) tests.push(({ method }) => methods.includes(method));
  if (tiers !== undefined) tests.push(({ identity }) => tiers.includes(identity?.tier ?? ''));
  if (anonymous !== undefined) tests.push(({ identity }) => (identity === null) === anonymous);
  return (facts) => tests.every((test) => test(facts));
}
