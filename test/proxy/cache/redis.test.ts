import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { RedisServer, skipRedis } from '../../redis-server.ts';
import { ask, numbered, startCachedRoute, until } from './cached-route.ts';

const inRedis = (url: string) => ({ sections: { cache: { redis: url } } });

describe('answers in Redis', { skip: skipRedis, timeout: 60_000 }, () => {
  it('are those of all processes, with their variants, and go with a write to any of them', async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.close());
    const one = await startCachedRoute(
      t,
      numbered({ 'cache-control': 'max-age=60', vary: 'accept', 'content-type': 'image/x' }),
      inRedis(redis.url),
    );
    const other = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      ...inRedis(redis.url),
      upstream: () => ({ url: one.service.url }),
    });
    const first = await one.get('/a', { host: 'shop' });
    assert.equal(first.body, 'answer 1');
    await one.get('/a', { host: 'shop', accept: 'b' });
    const shared = await other.get('/a', { host: 'shop' });
    assert.equal(shared.body, 'answer 1');
    assert.match(String(shared.headers['cache-status']), /hit/);
    assert.equal(shared.headers['content-type'], 'image/x');
    assert.equal((await other.get('/a', { host: 'shop', accept: 'b' })).body, 'answer 2');
    await ask(`${other.gateway.url}/a`, { method: 'POST', headers: { host: 'shop' } });
    assert.equal((await one.get('/a', { host: 'shop' })).body, 'answer 4');
  });

  it('end with the time that they are of use', async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.close());
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), inRedis(redis.url));
    await get('/a');
    const client = new Redis(redis.url);
    t.after(() => client.disconnect());
    const [key = ''] = await client.keys('*');
    assert.match(key, /^weir:weir:cache:[\w-]{43}$/);
    const ttlMs = await client.pttl(key);
    assert.ok(ttlMs > 50_000 && ttlMs <= 60_000);
  });

  it('count as not there where they are spoilt', async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.close());
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), inRedis(redis.url));
    await get('/a');
    const client = new Redis(redis.url);
    t.after(() => client.disconnect());
    const [key = ''] = await client.keys('*');
    for (const [index, value] of ['', 'x', '{"status":200}'].entries()) {
      await client.set(key, value);
      assert.equal((await get('/a')).body, `answer ${index + 2}`);
    }
    await client.del(key);
    await client.lpush(key, 'a list');
    assert.equal((await get('/a')).status, 200);
  });

  it('are missed and no more where Redis is lost, late, or back', async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.close());
    const { get, gateway } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), inRedis(redis.url));
    await get('/a');
    assert.equal((await get('/a')).body, 'answer 1');
    redis.freeze();
    for (let i = 2; i < 8; i += 1) assert.equal((await get('/a')).body, `answer ${i}`);
    const startedMs = performance.now();
    for (let i = 0; i < 20; i += 1) assert.equal((await get('/a')).status, 200);
    assert.ok(performance.now() - startedMs < 900, 'each still waits for Redis');
    assert.ok(gateway.log.some(({ msg }) => String(msg).includes('store of the cache is out of reach')));
    redis.thaw();
    await until(async () => {
      await get('/a');
      return /hit/.test(String((await get('/a')).headers['cache-status']));
    });
    await redis.stop();
    for (let i = 0; i < 10; i += 1) assert.equal((await get('/b')).status, 200);
  });
});
