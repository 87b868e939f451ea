import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { startCluster } from '../../redis-cluster.ts';
import { RedisServer, skipRedis } from '../../redis-server.ts';
import { poll } from '../poll.ts';
import { writeGatewayFiles } from './edge-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

const CONNECTIONS = 50;
const MAX = 120;

/** A request that falls under one limit of the files below, counted apart from those of other tests. */
interface Kind {
  readonly operation: 'Bucket' | 'Window' | 'Local' | 'Open';
  readonly test: string;
}

describe('two gateways and one Redis', { skip: skipRedis, timeout: 180_000 }, () => {
  let services: RecordingServices;
  before(async () => {
    services = await startRecordingServices();
  });
  after(() => services.close());

  const limit = (name: string, more: object) => ({
    ...{ name, by: 'header:x-test', max: MAX, on_store_failure: 'closed' },
    // Refills and new windows are a day away.
    ...{ window: '1d', ...more },
  });

  /** Two processes that share their counts; the clocks of the second are seven hours wrong. */
  async function startBoth(redis: unknown, limits: readonly object[]) {
    const rate_limit = { redis, redis_namespace: 'two', redis_deadline: '2s', limits };
    const file = await writeGatewayFiles(services, { main: { rate_limit } });
    const gateways = await Promise.all([startGatewayProcess(file), startGatewayProcess(file, 7 * 3_600_000)]);
    return {
      gateways,
      async stop() {
        assert.deepEqual(await Promise.all(gateways.map((gateway) => gateway.stop())), [0, 0]);
        await rm(join(file, '..'), { recursive: true });
      },
    };
  }

  /** Sends requests over 50 connections, half of them to each gateway. @returns how often each status came. */
  async function putLoad(
    gateways: readonly GatewayProcess[],
    requests: number,
    { operation, test }: Kind,
    { method = 'POST' as 'GET' | 'POST', onAnswer = (_count: number) => {} } = {},
  ): Promise<Record<number, number>> {
    const pools = gateways.map(({ origin }) => new Pool(origin, { connections: CONNECTIONS / 2 }));
    // Queries that are alike share an upstream request; each mutation is sent.
    const query = method === 'GET' ? `query ${operation} { hello }` : `mutation ${operation} { greet(name: "you") }`;
    const statuses: Record<number, number> = {};
    let sent = 0;
    let answered = 0;
    const loop = async (pool: Pool) => {
      while (sent < requests) {
        sent += 1;
        const { statusCode, body } = await pool.request({
          path: method === 'GET' ? `/graphql?query=${encodeURIComponent(query)}` : '/graphql',
          method,
          headers: { 'content-type': 'application/json', 'x-test': test },
          body: method === 'GET' ? null : JSON.stringify({ query }),
        });
        await body.dump();
        statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
        answered += 1;
        onAnswer(answered);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => loop(pools[i % 2] as Pool)));
    await Promise.all(pools.map((pool) => pool.close()));
    return statuses;
  }

  describe('of one server', () => {
    let redis: RedisServer;
    let both: Awaited<ReturnType<typeof startBoth>>;
    before(async () => {
      redis = await RedisServer.start();
      await redis.stop();
      both = await startBoth(redis.url, [
        limit('bucket', { algorithm: 'token_bucket', match: { operations: ['Bucket'] } }),
        limit('window', { algorithm: 'sliding_window', match: { operations: ['Window'] } }),
        limit('local', { match: { operations: ['Local'] }, on_store_failure: 'local' }),
        limit('open', { match: { operations: ['Open'] }, on_store_failure: 'open' }),
      ]);
    });
    after(async () => {
      await both?.stop();
      await redis.close();
    });
    const load = (requests: number, kind: Kind, more = {}) => {
      services.reset();
      return putLoad(both.gateways, requests, kind, more);
    };

    it('start without it, and count when it comes', async () => {
      assert.deepEqual(await load(10, { operation: 'Bucket', test: 'start' }), { 503: 10 });
      await redis.resume();
      await poll(
        () => load(50, { operation: 'Window', test: `start-${performance.now()}` }),
        (statuses) => statuses[200] === 50,
      );
    });

    for (const operation of ['Bucket', 'Window'] as const) {
      it(`let exactly the allowed number pass: ${operation}`, async () => {
        assert.deepEqual(await load(400, { operation, test: 'exact' }), { 200: MAX, 429: 400 - MAX });
        assert.equal(services.received.length, MAX);
      });
    }

    for (const operation of ['Bucket', 'Window'] as const) {
      it(`are bound by the failure policy where it restarts in the middle: ${operation}`, async () => {
        const kind = { operation, test: 'restart' };
        let restarting: Promise<void> | undefined;
        const statuses = await load(1_000, kind, {
          // Under load, and empty when it is back: what was counted before is forgotten.
          onAnswer(count: number) {
            if (count === MAX / 2) restarting = redis.stop().then(() => redis.resume());
          },
        });
        await restarting;
        const { 200: passed = 0, 429: refused = 0, 503: closed = 0, ...others } = statuses;
        assert.deepEqual(others, {});
        assert.equal(passed + refused + closed, 1_000);
        assert.ok(closed > 0, 'nobody passes while nobody counts');
        assert.equal(services.received.length, passed);
        assert.ok(passed <= 2 * MAX, `${passed} passed`);
        // Once it is back, the limit is exact again: one more `max` at most has passed since.
        let later = 0;
        for (;;) {
          const answers = await load(50, kind);
          later += answers[200] ?? 0;
          if (answers[429] === 50) break;
        }
        assert.ok(passed + later > MAX && passed + later <= 2 * MAX, `${passed} and ${later} passed`);
      });
    }

    it('each let its share pass, or everybody, where the limit says so and it is gone', async () => {
      await waitUntilBothAreCounted(redis);
      const local = { operation: 'Local', test: 'gone' } as const;
      assert.deepEqual(await load(40, local), { 200: 40 });
      await redis.stop();
      const { 200: passed = 0, 429: refused = 0 } = await load(400, local);
      assert.equal(passed + refused, 400);
      // What one had let pass above its half of the first requests comes on top.
      assert.ok(40 + passed >= MAX - 20 && 40 + passed <= MAX + 20, `${passed} passed`);
      assert.deepEqual(await load(300, { operation: 'Open', test: 'gone' }), { 200: 300 });
      assert.deepEqual(await load(20, { operation: 'Window', test: 'gone' }), { 503: 20 });
    });
  });

  it('let exactly the allowed number pass in a Cluster of three nodes', async (t) => {
    const nodes = await startCluster();
    t.after(() => Promise.all(nodes.map((node) => node.close())));
    const both = await startBoth({ cluster: nodes.map(({ url }) => url) }, [
      limit('bucket', { algorithm: 'token_bucket', match: { methods: ['GET'] } }),
      limit('window', { algorithm: 'sliding_window', match: { methods: ['POST'] } }),
      limit('both', { max: 2 * MAX - 10 }),
    ]);
    t.after(() => both.stop());
    const kind = { operation: 'Window', test: 'cluster' } as const;
    assert.deepEqual(await putLoad(both.gateways, 400, kind, { method: 'GET' }), { 200: MAX, 429: 400 - MAX });
    services.reset();
    assert.deepEqual(await putLoad(both.gateways, 400, kind), { 200: MAX - 10, 429: 400 - MAX + 10 });
    assert.equal(services.received.length, MAX - 10);
  });
});

/** Resolves when each of two instances has given a sign of life after both had given one. */
async function waitUntilBothAreCounted(redis: RedisServer): Promise<void> {
  const client = new Redis(redis.url);
  try {
    const signs = () => client.zrange('weir:{two}:instances', '0', '-1', 'WITHSCORES');
    const first = await poll(signs, ({ length }) => length === 4);
    await poll(signs, (later) => later.length === 4 && [1, 3].every((at) => !first.includes(later[at] as string)));
  } finally {
    client.disconnect();
  }
}
