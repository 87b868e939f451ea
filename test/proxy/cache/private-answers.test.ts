import assert from 'node:assert/strict';
import type http from 'node:http';
import { describe, it } from 'node:test';
import { ask, numbered, startCachedRoute } from './cached-route.ts';

const SECRET = 'a-secret-of-the-tests';

/** Clients are known by a key, from wherever it comes. */
const auth = (source: Record<string, string>) => ({
  auth: { api_keys: { secret: SECRET, service: 'http://127.0.0.1:1/', from: [source] } },
});

describe('an answer for one client', { timeout: 30_000 }, () => {
  const requests: readonly (readonly [string, http.OutgoingHttpHeaders])[] = [
    ['Authorization', { authorization: 'Basic abc' }],
    ['a cookie', { cookie: 'session=1' }],
    ['an API key that is for the service', { 'x-api-key': 'abc' }],
  ];
  for (const [name, headers] of requests) {
    for (const control of ['max-age=60', 'max-age=60, immutable', 'max-age=60, stale-while-revalidate=60']) {
      it(`is not kept with ${control} where its request has ${name}`, async (t) => {
        const { get } = await startCachedRoute(t, numbered({ 'cache-control': control }));
        await get('/a', headers);
        assert.equal((await get('/a')).body, 'answer 2');
      });
    }
    for (const control of ['public, max-age=60', 's-maxage=60', 'max-age=60, must-revalidate']) {
      it(`is kept with ${control} where its request has ${name}`, async (t) => {
        const { get } = await startCachedRoute(t, numbered({ 'cache-control': control }));
        await get('/a', headers);
        assert.equal((await get('/a')).body, 'answer 1');
      });
    }
    it(`is not kept by the TTL of the route where its request has ${name}`, async (t) => {
      const { get } = await startCachedRoute(t, numbered({}), { cache: { default_ttl: '60s' } });
      await get('/a', headers);
      assert.equal((await get('/a')).body, 'answer 2');
    });
  }

  it('is not kept where a proxy in front tells of a certificate', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      sections: { server: { trusted_proxies: ['127.0.0.1'] } },
    });
    await get('/a', { 'client-cert': ':AAAA:' });
    assert.equal((await get('/a')).body, 'answer 2');
  });

  it('is not kept where it sets a cookie, unless it says that it is for all, and then without the cookie', async (t) => {
    const { get } = await startCachedRoute(t, (request, response) => {
      response.writeHead(200, {
        'cache-control': request.url === '/public' ? 'public, max-age=60' : 'max-age=60',
        'set-cookie': ['a=1', 'b=2'],
      });
      response.end(String(Math.random()));
    });
    assert.notEqual((await get('/own')).body, (await get('/own')).body);
    const first = await get('/public');
    assert.deepEqual(first.headers['set-cookie'], ['a=1', 'b=2']);
    const second = await get('/public');
    assert.equal(second.body, first.body);
    assert.equal(second.headers['set-cookie'], undefined);
  });

  it('varies by a credential that the gateway takes out of the request', async (t) => {
    const { get } = await startCachedRoute(
      t,
      numbered({ 'cache-control': 'public, max-age=60', vary: 'Authorization' }),
    );
    assert.equal((await get('/a', { authorization: 'Basic a' })).body, 'answer 1');
    assert.equal((await get('/a', { authorization: 'Basic b' })).body, 'answer 2');
    assert.equal((await get('/a')).body, 'answer 3');
    assert.equal((await get('/a', { authorization: 'Basic a' })).body, 'answer 1');
  });

  it('is refused as ever before anybody looks into the cache', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60' }), {
      sections: {
        ...auth({ header: 'x-api-key' }),
        rate_limit: { limits: [{ name: 'few', max: 2, window: '1m', match: { routes: ['limited'] } }] },
      },
      routes: [
        { name: 'open', match: { path: '/open' }, upstream: 'service', cache: true },
        { name: 'limited', match: { path: '/limited' }, upstream: 'service', cache: true },
      ],
      route: { auth: { optional: false } },
    });
    assert.equal((await get('/open')).status, 200);
    assert.equal((await get('/closed')).status, 401);
    assert.deepEqual(
      [await get('/limited'), await get('/limited'), await get('/limited')].map(({ status }) => status),
      [200, 200, 429],
    );
  });

  it('of a version that a tester has chosen is for that tester', async (t) => {
    const { get, gateway } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60' }), {
      upstream: {
        url: undefined,
        endpoints: [{ url: 'http://127.0.0.1:1' }, { url: 'http://127.0.0.1:1', version: 'v2' }],
        canary: { version: 'v2', pin: { header: 'X-Version', cookie: 'version' } },
      },
    });
    for (const headers of [{ 'x-version': 'v2' }, { cookie: 'version=v2' }]) {
      await get('/a', headers);
      assert.equal(gateway.log.filter(({ msg }) => msg === 'request').length > 0, true);
    }
    const answer = await ask(`${gateway.url}/a`, { headers: { 'x-version': 'v2' } });
    assert.equal(answer.status, 503);
  });
});
