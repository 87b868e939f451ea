import type { RateLimitDefinition } from '../../config/schema/limits.ts';
import type { RedisTarget } from '../redis-connection.ts';
import { type Demand, defineLimit, type Limit } from './limit.ts';
import { compileLimitKey, type LimitFacts } from './limit-key.ts';
import type { Limiter } from './limiter.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { type LimitStoreEvent, RedisLimiter } from './redis-limiter.ts';

type LimitConfig = RateLimitDefinition['limits'][number];

/** Says which limits a request must pass, and what it costs in each. */
export type ToDemands = (facts: LimitFacts) => readonly Demand[];

const NONE: readonly Demand[] = [];

/** @throws {TypeError} where two limits have one name. */
export function compileDemands(definitions: readonly LimitConfig[]): ToDemands {
  const names = new Set<string>();
  for (const { name } of definitions) {
    if (names.has(name)) throw new TypeError(`Cannot limit requests: two limits are named "${name}"`);
    names.add(name);
  }
  const rules = definitions.map(compileRule);
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
  const options = { target: toTarget(redis), namespace: redisNamespace, deadlineMs: redisDeadlineMs, maxKeys };
  return new RedisLimiter(onEvent === undefined ? options : { ...options, onEvent });
}

interface Rule {
  matches(facts: LimitFacts): boolean;
  toDemand(facts: LimitFacts): Demand;
}

function compileRule(definition: LimitConfig): Rule {
  const limit = toLimit(definition, definition.max, definition.name);
  const tiers = new Map(
    Object.entries(definition.tiers).map(([tier, max]) => [
      tier,
      toLimit(definition, max, `${definition.name}.${tier}`),
    ]),
  );
  const toKey = compileLimitKey(definition.by);
  const { cost } = definition;
  return {
    matches: compileMatch(definition.match),
    toDemand: (facts) => ({
      limit: tiers.get(facts.identity?.tier ?? '') ?? limit,
      key: toKey(facts),
      cost: cost === 'operation' ? Math.max(1, Math.ceil(facts.operationCost ?? 1)) : cost,
    }),
  };
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

function toTarget(redis: NonNullable<RateLimitDefinition['redis']>): RedisTarget {
  if (typeof redis === 'string') return { kind: 'single', url: redis };
  const password = redis.password === undefined ? {} : { password: redis.password };
  return 'cluster' in redis
    ? { kind: 'cluster', nodes: redis.cluster, ...password }
    : { kind: 'sentinel', sentinels: redis.sentinels, name: redis.name, ...password };
}
