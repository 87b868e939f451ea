import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { numbered, startCachedRoute, until } from './cached-route.ts';

/** Comes stale, so that nobody has to wait: the age that it comes with is above its lifetime. */
const STALE = { 'cache-control': 'max-age=10', age: '20', etag: '"a"' };

describe('a stale answer', { timeout: 30_000 }, () => {
  it('is given again once the upstream has said that it holds, with the headers of the 304', async (t) => {
    const modified = new Date(1_000_000_000_000).toUTCString();
    const { get, service } = await startCachedRoute(t, (request, response) => {
      if (request.headers['if-none-match'] === '"a"') {
        response.writeHead(304, { 'cache-control': 'max-age=60', etag: '"a"', 'x-new': 'yes' }).end();
      } else {
        const headers = { ...STALE, 'last-modified': modified, 'x-new': 'no', 'content-type': 'text/plain' };
        response.writeHead(200, headers).end('whole');
      }
    });
    await get('/a');
    const second = await get('/a');
    assert.deepEqual([second.status, second.body], [200, 'whole']);
    assert.match(String(second.headers['cache-status']), /^weir; fwd=stale; fwd-status=304; ttl=(60|59)$/);
    assert.equal(service.requests[1]?.headers['if-modified-since'], modified);
    assert.equal(second.headers['x-new'], 'yes');
    assert.equal(second.headers['content-type'], 'text/plain');
    assert.equal(second.headers.age, '0');
    assert.match(String((await get('/a')).headers['cache-status']), /hit/);
    assert.equal(service.requests.length, 2);
  });

  it('is validated each time where it says no-cache', async (t) => {
    const { get, service } = await startCachedRoute(t, (request, response) => {
      const headers = { 'cache-control': 'no-cache', etag: '"a"' };
      if (request.headers['if-none-match'] === '"a"') response.writeHead(304, headers).end();
      else response.writeHead(200, headers).end('whole');
    });
    for (let i = 0; i < 3; i += 1) assert.equal((await get('/a')).body, 'whole');
    assert.equal((await get('/a', { 'if-none-match': '"a"' })).status, 304);
    assert.deepEqual(
      service.requests.map(({ headers }) => headers['if-none-match']),
      [undefined, '"a"', '"a"', '"a"'],
    );
  });

  it('goes where a newer one comes that is not to be kept', async (t) => {
    let count = 0;
    const { get } = await startCachedRoute(t, (_, response) => {
      count += 1;
      response.writeHead(
        200,
        count === 1
          ? { ...STALE, 'cache-control': 'max-age=10, stale-if-error=600' }
          : count === 2
            ? { 'cache-control': 'no-store' }
            : {},
      );
      if (count === 3) response.statusCode = 503;
      response.end(`answer ${count}`);
    });
    await get('/a');
    assert.equal((await get('/a')).body, 'answer 2');
    assert.equal((await get('/a')).body, 'answer 3');
  });

  it('is replaced where a 304 is about something else', async (t) => {
    const { get, service } = await startCachedRoute(t, (request, response) => {
      if (request.headers['if-none-match'] !== undefined) response.writeHead(304, { etag: '"other"' }).end();
      else response.writeHead(200, STALE).end('whole');
    });
    await get('/a');
    assert.equal((await get('/a')).body, 'whole');
    assert.equal(service.requests.length, 3);
  });

  it('is given while it is renewed once beside the requests that meet it', async (t) => {
    let release = () => {};
    const { get, service, gateway } = await startCachedRoute(t, (request, response) => {
      const isFirst = service.requests.length === 1;
      const headers = { etag: '"a"', 'cache-control': 'max-age=10, stale-while-revalidate=60' };
      const answer = () =>
        response.writeHead(200, { ...headers, age: isFirst ? '20' : '0' }).end(isFirst ? 'old' : 'new');
      if (isFirst) answer();
      else release = answer;
      assert.equal(request.headers['if-none-match'], isFirst ? undefined : '"a"');
    });
    await get('/a');
    const answers = await Promise.all(Array.from({ length: 5 }, () => get('/a')));
    assert.deepEqual(new Set(answers.map(({ body }) => body)), new Set(['old']));
    assert.match(String(answers[0]?.headers['cache-status']), /^weir; hit; ttl=-1[01]$/);
    await until(() => service.requests.length === 2);
    release();
    await until(async () => (await get('/a')).body === 'new');
    assert.equal(service.requests.length, 2);
    assert.ok(gateway.log.some(({ cache }) => cache === 'stale'));
  });

  it('is renewed though the client that met it has gone', async (t) => {
    const { get, service } = await startCachedRoute(t, (_, response) => {
      const isFirst = service.requests.length === 1;
      response.writeHead(200, { 'cache-control': 'max-age=10, stale-while-revalidate=60', age: isFirst ? '20' : '0' });
      response.write('part ');
      setTimeout(() => response.end('rest'), isFirst ? 0 : 30);
    });
    await get('/a');
    await get('/a');
    await until(async () => /ttl=\d/.test(String((await get('/a')).headers['cache-status'])));
    assert.equal((await get('/a')).body, 'part rest');
    assert.equal(service.requests.length, 2);
  });

  it('is no longer given while it is renewed when its time for that is over', async (t) => {
    const { get } = await startCachedRoute(
      t,
      numbered({ 'cache-control': 'max-age=10, stale-while-revalidate=60', age: '80', etag: '"a"' }),
    );
    await get('/a');
    assert.equal((await get('/a')).body, 'answer 2');
  });

  for (const control of ['must-revalidate', 'proxy-revalidate', 'no-cache', 's-maxage=10']) {
    it(`is never given stale by the word of the route with ${control}`, async (t) => {
      let count = 0;
      const { get } = await startCachedRoute(
        t,
        (_, response) => {
          count += 1;
          response.writeHead(count === 1 ? 200 : 503, { ...STALE, 'cache-control': `max-age=10, ${control}` });
          response.end(`answer ${count}`);
        },
        { cache: { stale_while_revalidate: '1h', stale_if_error: '1h' } },
      );
      await get('/a');
      assert.equal((await get('/a')).status, 503);
    });
  }

  for (const status of [500, 502, 503, 504]) {
    it(`stands in for an answer ${status}, for as long as it says`, async (t) => {
      let count = 0;
      const { get } = await startCachedRoute(t, (request, response) => {
        count += 1;
        const age = request.url === '/old' ? '80' : '20';
        response.writeHead(count % 2 === 1 ? 200 : status, { 'cache-control': 'max-age=10, stale-if-error=60', age });
        response.end('kept');
      });
      await get('/a');
      const second = await get('/a');
      assert.equal(second.status, 200);
      assert.match(String(second.headers['cache-status']), new RegExp(`^weir; fwd=stale; fwd-status=${status}; ttl=-`));
      await get('/old');
      assert.equal((await get('/old')).status, status);
    });
  }

  it('stands in for an upstream that cannot be reached, by the word of the route', async (t) => {
    const { get, service, gateway } = await startCachedRoute(t, numbered(STALE), { cache: { stale_if_error: '1h' } });
    await get('/a');
    service.server.closeAllConnections();
    await new Promise((resolve) => service.server.close(resolve));
    const second = await get('/a');
    assert.deepEqual([second.status, second.body], [200, 'answer 1']);
    assert.equal((await get('/b')).status, 503);
    assert.ok(gateway.log.some(({ cache }) => cache === 'stale_on_error'));
  });
});
