import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { numbered, startCachedRoute } from './cached-route.ts';

const SECRET = 'a-secret-of-the-tests';

const HASH = createHmac('sha256', SECRET).update('key-1').digest('hex');

/** A client is known by a key, which is looked for in one place. */
async function writeKeys(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-cache-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys.json');
  await writeFile(file, JSON.stringify([{ id: 'one', subject: 'ada', keys: [{ hash: HASH }] }]));
  return file;
}

describe('an answer for one client', { timeout: 30_000 }, () => {
  const requests: readonly (readonly [string, http.OutgoingHttpHeaders])[] = [
    ['Authorization', { authorization: 'Basic abc' }],
    ['a cookie', { cookie: 'session=1' }],
    ['an API key that is for the service', { 'x-api-key': 'abc' }],
    ['a token in a header of the service', { 'x-auth-token': 'abc' }],
    ['a user that a proxy before it has named', { 'x-forwarded-user': 'ada' }],
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

  const places: readonly (readonly [string, object, string, http.OutgoingHttpHeaders])[] = [
    ['a header', { header: 'x-key' }, '/a', { 'x-key': 'key-1' }],
    ['a cookie', { cookie: 'key' }, '/a', { cookie: 'key=key-1' }],
    ['the query', { query: 'key' }, '/a?key=key-1', {}],
  ];
  for (const [name, source, path, headers] of places) {
    it(`is not kept where ${name} has the credential that the gateway knows the client by`, async (t) => {
      const file = await writeKeys(t);
      const { get, service } = await startCachedRoute(
        t,
        (request, response) => {
          const isPublic = request.headers['x-user'] === undefined;
          response.writeHead(200, { 'cache-control': 'max-age=60' }).end(isPublic ? 'for all' : 'for ada');
        },
        {
          sections: {
            auth: { api_keys: { secret: SECRET, file, from: [source] }, forward: { headers: { 'X-User': 'subject' } } },
          },
        },
      );
      assert.equal((await get(path, headers)).body, 'for ada');
      assert.equal((await get(path, headers)).body, 'for ada');
      assert.equal((await get('/a')).body, 'for all');
      assert.deepEqual(
        service.requests.map(({ url }) => url),
        ['/a', '/a', '/a'],
      );
    });
  }

  it('is not kept where it varies by what the gateway tells of clients', async (t) => {
    const file = await writeKeys(t);
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60', vary: 'X-User' }), {
      sections: { auth: { api_keys: { secret: SECRET, file }, forward: { headers: { 'X-User': 'subject' } } } },
    });
    assert.equal((await get('/a', { 'x-api-key': 'key-1' })).body, 'answer 1');
    assert.equal((await get('/a')).body, 'answer 2');
    assert.equal((await get('/a')).body, 'answer 3');
  });

  it('is refused as ever before anybody looks into the cache', async (t) => {
    const file = await writeKeys(t);
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60' }), {
      sections: {
        auth: { api_keys: { secret: SECRET, file } },
        rate_limit: { limits: [{ name: 'few', max: 2, window: '1m', match: { routes: ['limited'] } }] },
      },
      routes: [{ name: 'limited', match: { path: '/limited' }, upstream: 'service', cache: true }],
      route: { auth: { optional: false } },
    });
    assert.equal((await get('/closed', { 'x-api-key': 'key-1' })).status, 200);
    assert.equal((await get('/closed')).status, 401);
    assert.deepEqual(
      [await get('/limited'), await get('/limited'), await get('/limited')].map(({ status }) => status),
      [200, 200, 429],
    );
  });

  it('of a version that a tester has chosen is for that tester', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60' }), {
      upstream: (url) => ({
        endpoints: [{ url }, { url: `${url}/v2`, version: 'v2' }],
        canary: { version: 'v2', pin: { header: 'X-Version', cookie: 'version' } },
      }),
    });
    assert.equal((await get('/a', { 'x-version': 'v2' })).body, 'answer 1');
    assert.equal((await get('/a')).body, 'answer 2');
    assert.equal((await get('/a', { cookie: 'version=v2' })).body, 'answer 3');
    assert.equal((await get('/a')).body, 'answer 2');
  });

  it('is not what has the cookie by which the gateway finds the endpoint again', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      upstream: (url) => ({
        url,
        balance: { affinity: { secret: 'a-long-secret-of-tests' } },
      }),
    });
    const [cookie = ''] = (await get('/a')).headers['set-cookie'] ?? [];
    assert.match(cookie, /^weir_affinity=/);
    const second = await get('/a', { cookie: cookie.split(';')[0] });
    assert.equal(second.body, 'answer 1');
    assert.equal(second.headers['set-cookie'], undefined);
    assert.equal((await get('/b', { cookie: cookie.split(';')[0] })).body, 'answer 2');
    assert.equal((await get('/b')).body, 'answer 2');
  });
});
