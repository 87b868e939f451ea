import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { defineLimit } from '../../../src/edge/limits/limit.ts';
import { RedisLimiter } from '../../../src/edge/limits/redis-limiter.ts';
import { startCluster } from '../../redis-cluster.ts';
import { RedisServer, skipRedis } from '../../redis-server.ts';

describe('Redis Cluster', { skip: skipRedis }, () => {
  let nodes: RedisServer[] = [];
  before(async () => {
    nodes = await startCluster();
  });
  after(() => Promise.all(nodes.map((node) => node.close())));

  for (const algorithm of ['token_bucket', 'sliding_window'] as const) {
    it(`decides all limits of a request in one step, exactly, from two instances: ${algorithm}`, async () => {
      const options = {
        target: { kind: 'cluster', nodes: nodes.map(({ url }) => url) },
        namespace: algorithm,
        deadlineMs: 2_000,
      } as const;
      const limiters = [new RedisLimiter(options), new RedisLimiter(options)] as const;
      try {
        for (const limiter of limiters) assert.ok(await limiter.waitUntilReady(5_000));
        const everyone = defineLimit({
          name: 'global',
          algorithm,
          max: 40,
          windowMs: 3_600_000,
          onStoreFailure: 'closed',
        });
        const each = defineLimit({ name: 'user', algorithm, max: 15, windowMs: 3_600_000, onStoreFailure: 'closed' });
        const passed = new Map<string, number>();
        await Promise.all(
          Array.from({ length: 150 }, async (_, i) => {
            const user = `user-${i % 3}`;
            const decision = await limiters[i % 2 === 0 ? 0 : 1].take([
              { limit: everyone, key: '', cost: 1 },
              { limit: each, key: user, cost: 1 },
            ]);
            assert.ok(!decision.storeLost);
            if (decision.allowed) passed.set(user, (passed.get(user) ?? 0) + 1);
          }),
        );
        const counts = [...passed.values()];
        assert.equal(
          counts.reduce((a, b) => a + b, 0),
          40,
        );
        assert.ok(counts.every((count) => count <= 15));
      } finally {
        for (const limiter of limiters) await limiter.close();
      }
    });
  }
});

describe('Redis Sentinel', { skip: skipRedis }, () => {
  it('finds the master and counts there', async () => {
    const master = await RedisServer.start();
    const sentinel = await RedisServer.startSentinel(master);
    const target = { kind: 'sentinel', sentinels: [`127.0.0.1:${sentinel.port}`], name: 'weir' } as const;
    const limiter = new RedisLimiter({ target, deadlineMs: 2_000 });
    try {
      assert.ok(await limiter.waitUntilReady(5_000));
      const limit = defineLimit({ name: 's', max: 2, windowMs: 60_000, onStoreFailure: 'closed' });
      const outcomes = [];
      for (let i = 0; i < 3; i += 1) outcomes.push((await limiter.take([{ limit, key: 'k', cost: 1 }])).allowed);
      assert.deepEqual(outcomes, [true, true, false]);
    } finally {
      await limiter.close();
      await sentinel.close();
      await master.close();
    }
  });
});
