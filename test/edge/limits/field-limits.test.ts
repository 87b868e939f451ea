import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { envelop, useEngine, useSchema } from '@envelop/core';
import { useRateLimiter } from '@envelop/rate-limiter';
import { buildSchema, type ExecutionResult, execute, GraphQLError, parse, subscribe, validate } from 'graphql';
import { type FieldLimitDefinition, FieldLimits } from '../../../src/edge/limits/field-limits.ts';
import type { Limiter } from '../../../src/edge/limits/limiter.ts';
import { MemoryLimiter } from '../../../src/edge/limits/memory-limiter.ts';
import { RedisLimiter } from '../../../src/edge/limits/redis-limiter.ts';
import { RedisServer, skipRedis } from '../../redis-server.ts';

interface Caller {
  readonly user: string;
}

const schema = buildSchema(
  'type Query { book(id: ID, ids: [ID]): String  other: String }  type Mutation { book: String }',
);

/** A GraphQL server in process, with the limits of the given limiter. */
function serve(limiter: Limiter, definitions: Record<string, FieldLimitDefinition>, seen: string[] = []) {
  const limits = new FieldLimits<Caller>({
    limiter,
    definitions: Object.entries(definitions),
    identify: ({ user }) => user,
    onDecision: (caller, coordinate, { allowed }) => seen.push(`${caller.user} ${coordinate} ${allowed}`),
  });
  const getEnveloped = envelop({
    plugins: [
      useEngine({ parse, validate, execute, subscribe }),
      useSchema(schema),
      useRateLimiter({
        store: limits.store,
        configByField: limits.configByField,
        identifyFn: limits.identifyFn,
        formatError: limits.formatError,
        rateLimitDirectiveName: 'weir__none',
        transformError: (text) => {
          const { message, ...extensions } = limits.readRefusal(text);
          return new GraphQLError(message, { extensions });
        },
      }),
    ],
  });
  return async (
    query: string,
    user = 'ada',
    variableValues: Record<string, unknown> = {},
  ): Promise<ExecutionResult> => {
    const proxy = getEnveloped({ user });
    const contextValue = await proxy.contextFactory();
    return (await proxy.execute({
      schema,
      document: proxy.parse(query),
      contextValue,
      variableValues,
      rootValue: { book: () => 'b', other: () => 'o' },
    })) as ExecutionResult;
  };
}

const passes = (run: () => Promise<unknown>): Promise<boolean> =>
  run().then(
    () => true,
    () => false,
  );

describe('field limits', () => {
  const now = () => 0;

  it('refuse with the numbers of the definition and the time to wait', async () => {
    const run = serve(new MemoryLimiter({ now }), { 'Query.book': { max: 2, window: '10s' } });
    await run('{ book }');
    await run('{ book }');
    await assert.rejects(run('{ book }'), (error: GraphQLError) => {
      assert.equal(error.message, '"Query.book" may be asked 2 times in 10 s');
      assert.deepEqual(error.extensions, { coordinate: 'Query.book', max: 2, windowMs: 10_000, retryAfterSeconds: 10 });
      return true;
    });
    assert.deepEqual((await run('{ other }')).data, Object.assign(Object.create(null), { other: 'o' }));
  });

  it('count each client, each occurrence in an operation, and each type apart', async () => {
    const seen: string[] = [];
    const run = serve(new MemoryLimiter({ now }), { 'Query.book': { max: 2 }, 'Mutation.book': { max: 1 } }, seen);
    assert.equal(await passes(() => run('{ a: book b: book c: book }')), false);
    assert.equal(await passes(() => run('{ book }', 'bob')), true);
    assert.equal(await passes(() => run('mutation { book }')), true);
    assert.deepEqual(seen.slice(-2), ['bob Query.book true', 'ada Mutation.book true']);
  });

  it('do not count refused calls, unless told to', async () => {
    const clock = { ms: 0 };
    const limiter = new MemoryLimiter({ now: () => clock.ms });
    const run = serve(limiter, { 'Query.book': { max: 1, window: '1s' } });
    assert.equal(await passes(() => run('{ book }')), true);
    for (let i = 0; i < 9; i += 1) {
      clock.ms += 100;
      assert.equal(await passes(() => run('{ book }')), false);
    }
    clock.ms += 100;
    assert.equal(await passes(() => run('{ book }')), true);
  });

  it('tell clients apart by the arguments named, and cost as much as a list is long', async () => {
    const run = serve(new MemoryLimiter({ now }), {
      'Query.book': { max: 3, identityArgs: ['id'], arrayLengthField: 'ids' },
    });
    assert.equal(
      await passes(() => run('query ($ids: [ID]) { book(id: 1, ids: $ids) }', 'ada', { ids: ['a', 'b', 'c'] })),
      true,
    );
    assert.equal(await passes(() => run('{ book(id: 1) }')), false);
    assert.equal(await passes(() => run('{ book(id: 2) }')), true);
    assert.equal(await passes(() => run('{ book(id: 3, ids: ["a", "b", "c", "d"]) }')), false);
    assert.equal(await passes(() => run('{ book(id: "1:x") }')), true);
  });

  it('ask without taking where the limit is read-only, and show the message of the definition', async () => {
    const run = serve(new MemoryLimiter({ now }), {
      'Query.book': { max: 1, readOnly: true },
      'Query.other': { max: 1, message: 'Slow down, {{ id }}' },
    });
    for (let i = 0; i < 3; i += 1) assert.equal(await passes(() => run('{ book }')), true);
    await run('{ other }');
    await assert.rejects(run('{ other }'), { message: 'Slow down, ada' });
  });

  it('refuse a window that cannot be read when they are compiled', () => {
    assert.throws(() => serve(new MemoryLimiter(), { 'Query.book': { window: 'soon' } }), RangeError);
    for (const window of ['1s', '2 minutes', '1h', '500', '1d'])
      serve(new MemoryLimiter(), { 'Query.book': { window } });
  });
});

describe('field limits of two instances on one Redis', { skip: skipRedis }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await RedisServer.start();
  });
  after(() => redis.close());

  it('let exactly the allowed number of concurrent fields pass', async () => {
    const options = { target: { kind: 'single', url: redis.url }, deadlineMs: 2_000 } as const;
    const limiters = [new RedisLimiter(options), new RedisLimiter(options)];
    try {
      for (const limiter of limiters) assert.ok(await limiter.waitUntilReady(5_000));
      const seen: string[] = [];
      const instances = limiters.map((limiter) => serve(limiter, { 'Query.book': { max: 33, window: '1h' } }, seen));
      // Three fields in each operation, from both instances at once.
      await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          passes(() => (instances[i % 2] as (typeof instances)[0])('{ a: book b: book c: book }')),
        ),
      );
      const allowed = seen.filter((line) => line.endsWith('true')).length;
      assert.equal(allowed, 33);
    } finally {
      for (const limiter of limiters) await limiter.close();
    }
  });
});
