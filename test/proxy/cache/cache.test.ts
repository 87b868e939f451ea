import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, it } from 'node:test';
import { ask, numbered, startCachedRoute, until } from './cached-route.ts';

describe('a route with a cache', { timeout: 30_000 }, () => {
  it('asks the upstream once for what is fresh, and tells the age and how the answer came about', async (t) => {
    const { get, service } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60', etag: '"a"' }));
    const first = await get('/a?b=1');
    assert.equal(first.body, 'answer 1');
    assert.match(String(first.headers['cache-status']), /^weir; fwd=uri-miss; stored; ttl=(60|59)$/);
    const second = await get('/a?b=1');
    assert.equal(second.body, 'answer 1');
    assert.equal(second.headers.age, '0');
    assert.equal(second.headers.etag, '"a"');
    assert.equal(second.headers.date, first.headers.date);
    assert.match(String(second.headers['cache-status']), /^weir; hit; ttl=(60|59)$/);
    assert.equal(service.requests.length, 1);
    assert.equal((await get('/a?b=2')).body, 'answer 2');
  });

  it('keeps nothing where nobody says that it may', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ etag: '"a"', 'last-modified': new Date(0).toUTCString() }));
    await get('/a');
    const second = await get('/a');
    assert.equal(second.body, 'answer 2');
    assert.equal(second.headers['cache-status'], 'weir; fwd=uri-miss');
  });

  for (const control of [
    'no-store',
    'private, max-age=60',
    'private="x-a", max-age=60',
    'Private, Max-Age=60',
    'max-age=0',
    'max-age=-5',
    'max-age=sixty',
    'max-age=60, max-age=0',
  ]) {
    it(`keeps nothing with Cache-Control: ${control}`, async (t) => {
      const { get } = await startCachedRoute(t, numbered({ 'cache-control': control }));
      await get('/a');
      assert.equal((await get('/a')).body, 'answer 2');
    });
  }

  for (const control of ['MAX-AGE=60', 'max-age="60"', 's-maxage=60, max-age=0', 'max-age=60, must-revalidate']) {
    it(`keeps an answer with Cache-Control: ${control}`, async (t) => {
      const { get } = await startCachedRoute(t, numbered({ 'cache-control': control }));
      await get('/a');
      assert.equal((await get('/a')).body, 'answer 1');
    });
  }

  it('keeps an error that is final, and none that passes', async (t) => {
    const statuses = [404, 410, 301, 500, 503, 429];
    const { get, service } = await startCachedRoute(t, (request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { 'cache-control': 'max-age=60' }).end();
    });
    for (const status of [...statuses, ...statuses]) assert.equal((await get(`/${status}`)).status, status);
    assert.deepEqual(
      service.requests.map(({ url }) => Number(url.slice(1))),
      [404, 410, 301, 500, 503, 429, 500, 503, 429],
    );
  });

  it('gives the age that the answer came with, and counts it', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60', age: '50' }));
    await get('/a');
    assert.equal((await get('/a')).headers.age, '50');
    const old = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60', age: '61' }));
    await old.get('/a');
    assert.equal((await old.get('/a')).body, 'answer 2');
  });

  it('answers HEAD from a GET, and keeps nothing of a HEAD', async (t) => {
    const { get, gateway, service } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }));
    await ask(`${gateway.url}/a`, { method: 'HEAD' });
    await get('/a');
    const head = await ask(`${gateway.url}/a`, { method: 'HEAD' });
    assert.equal(head.headers['content-length'], '8');
    assert.equal(head.body, '');
    assert.match(String(head.headers['cache-status']), /hit/);
    assert.deepEqual(
      service.requests.map(({ method }) => method),
      ['HEAD', 'GET'],
    );
  });

  it('answers by the TTL of the route where the answer has none', async (t) => {
    const { get } = await startCachedRoute(
      t,
      (request, response) => {
        response.writeHead(
          request.url === '/none' ? 404 : 200,
          request.url === '/own' ? { 'cache-control': 'no-cache' } : {},
        );
        response.end(String(Math.random()));
      },
      { cache: { default_ttl: '10s' } },
    );
    assert.equal((await get('/a')).body, (await get('/a')).body);
    assert.notEqual((await get('/none')).body, (await get('/none')).body);
    assert.notEqual((await get('/own')).body, (await get('/own')).body);
  });

  it('keeps the variants that Vary tells apart, and none where it says *', async (t) => {
    const { get, service } = await startCachedRoute(t, (request, response) => {
      const vary = request.url === '/all' ? '*' : 'accept-language, accept';
      response.writeHead(200, { 'cache-control': 'max-age=60', vary });
      response.end(`${request.headers['accept-language']} ${request.headers.accept}`);
    });
    for (let i = 0; i < 2; i += 1) {
      assert.equal((await get('/a', { 'accept-language': 'de' })).body, 'de undefined');
      assert.equal((await get('/a', { 'accept-language': 'fr' })).body, 'fr undefined');
      assert.equal((await get('/a', { 'accept-language': 'de', accept: 'a,b' })).body, 'de a,b');
      assert.equal((await get('/a', { 'accept-language': 'de', accept: 'a , b' })).body, 'de a,b');
    }
    assert.equal(service.requests.length, 3);
    assert.match(String((await get('/a', { accept: 'c' })).headers['cache-status']), /fwd=vary-miss/);
    await get('/all');
    await get('/all');
    assert.equal(service.requests.length, 6);
  });

  it('does not keep what varies by a field that the gateway tells of each client', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60', vary: 'X-Forwarded-For' }));
    await get('/a');
    assert.equal((await get('/a')).body, 'answer 2');
  });

  it('has one place for each host, since upstreams are told of it', async (t) => {
    const { get } = await startCachedRoute(t, (request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers['x-forwarded-host']);
    });
    await get('/a', { host: 'evil.example' });
    assert.equal((await get('/a', { host: 'shop.example' })).body, 'shop.example');
    assert.match(String((await get('/a', { host: 'SHOP.example' })).headers['cache-status']), /hit/);
  });

  for (const name of ['x-http-method-override', 'x-original-url', 'if-match', 'if-unmodified-since']) {
    it(`lets requests with ${name} pass beside it`, async (t) => {
      const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }));
      assert.equal((await get('/a', { [name]: 'x' })).headers['cache-status'], 'weir; fwd=bypass');
      assert.equal((await get('/a')).body, 'answer 2');
      assert.equal((await get('/a', { [name]: 'x' })).body, 'answer 3');
    });
  }

  it('keys by the parameters that it is told of, and sends no others on', async (t) => {
    const { get, service } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      cache: { key: { query: ['page', 'q'] } },
    });
    assert.equal((await get('/a?utm=1&page=2&%71=x')).body, 'answer 1');
    assert.equal((await get('/a?page=2&utm=2&%71=x')).body, 'answer 1');
    assert.equal((await get('/a?page=3&utm=2')).body, 'answer 2');
    assert.deepEqual(
      service.requests.map(({ url }) => url),
      ['/a?page=2&%71=x', '/a?page=3'],
    );
  });

  it('keys by the headers that it is told of', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      cache: { key: { headers: ['X-Tenant'] } },
    });
    assert.equal((await get('/a', { 'x-tenant': 'a' })).body, 'answer 1');
    assert.equal((await get('/a', { 'x-tenant': 'b' })).body, 'answer 2');
    assert.equal((await get('/a', { 'x-tenant': 'a' })).body, 'answer 1');
    assert.equal((await get('/a')).body, 'answer 3');
  });

  it('lets requests pass that have a header or a cookie of `bypass`', async (t) => {
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'public, max-age=60' }), {
      cache: { bypass: { headers: ['X-Preview'], cookies: ['draft'] } },
    });
    await get('/a');
    assert.equal((await get('/a', { 'x-preview': '1' })).body, 'answer 2');
    assert.equal((await get('/a', { cookie: 'a=b; draft=1' })).body, 'answer 3');
    assert.equal((await get('/a', { cookie: 'a=b' })).body, 'answer 1');
  });

  it('hears of `no-cache` only where clients may say so, and always of `only-if-cached` and `no-store`', async (t) => {
    const answer = { 'cache-control': 'max-age=60' };
    const closed = await startCachedRoute(t, numbered(answer));
    assert.equal((await closed.get('/a', { 'cache-control': 'only-if-cached' })).status, 504);
    await closed.get('/a', { 'cache-control': 'no-store' });
    assert.equal((await closed.get('/a')).body, 'answer 2');
    assert.equal((await closed.get('/a', { 'cache-control': 'no-cache', pragma: 'no-cache' })).body, 'answer 2');
    assert.equal((await closed.get('/a', { 'cache-control': 'only-if-cached' })).body, 'answer 2');
    const open = await startCachedRoute(t, numbered(answer), { cache: { client_control: true } });
    await open.get('/a');
    assert.equal((await open.get('/a', { 'cache-control': 'max-age=10' })).body, 'answer 1');
    const busted = await open.get('/a', { 'cache-control': 'no-cache' });
    assert.equal(busted.body, 'answer 2');
    assert.match(String(busted.headers['cache-status']), /fwd=request/);
    assert.equal((await open.get('/a', { 'cache-control': 'min-fresh=100' })).body, 'answer 3');
    assert.equal((await open.get('/a', { pragma: 'no-cache' })).body, 'answer 4');
  });

  it('answers conditions of the client by what it keeps, and on the way there', async (t) => {
    const modified = new Date(1_000_000_000_000).toUTCString();
    const { get, service } = await startCachedRoute(
      t,
      numbered({ 'cache-control': 'max-age=60', etag: '"a"', 'last-modified': modified, 'content-type': 'text/plain' }),
    );
    const first = await get('/a', { 'if-none-match': '"b", W/"a"' });
    assert.equal(first.status, 304);
    assert.equal(service.requests[0]?.headers['if-none-match'], undefined);
    const second = await get('/a', { 'if-none-match': 'W/"a"' });
    assert.equal(second.status, 304);
    assert.equal(second.headers.etag, '"a"');
    assert.equal(second.headers['content-type'], undefined);
    assert.equal((await get('/a', { 'if-none-match': '"b"', 'if-modified-since': modified })).status, 200);
    assert.equal((await get('/a', { 'if-modified-since': modified })).status, 304);
    assert.equal((await get('/a', { 'if-modified-since': new Date(0).toUTCString() })).status, 200);
    assert.equal(service.requests.length, 1);
  });

  it('answers one range from a whole, and keeps no part', async (t) => {
    const { get, service } = await startCachedRoute(t, (request, response) => {
      const headers = { 'cache-control': 'max-age=60', etag: '"a"' };
      if (request.headers.range === undefined) response.writeHead(200, headers).end('0123456789');
      else response.writeHead(206, { ...headers, 'content-range': 'bytes 0-1/10' }).end('01');
    });
    assert.equal((await get('/a', { range: 'bytes=0-1' })).status, 206);
    assert.equal((await get('/a')).body, '0123456789');
    const part = await get('/a', { range: 'bytes=2-4' });
    assert.deepEqual(
      [part.status, part.body, part.headers['content-range'], part.headers['content-length']],
      [206, '234', 'bytes 2-4/10', '3'],
    );
    assert.equal((await get('/a', { range: 'bytes=-3' })).body, '789');
    assert.equal((await get('/a', { range: 'bytes=10-' })).status, 416);
    assert.equal((await get('/a', { range: 'bytes=0-1,3-4' })).status, 200);
    assert.equal((await get('/a', { range: 'bytes=0-1', 'if-range': '"b"' })).status, 200);
    assert.equal((await get('/a', { range: 'bytes=0-1', 'if-range': '"a"' })).status, 206);
    assert.equal(service.requests.length, 2);
  });

  it('keeps what fits alone, and never what broke off', async (t) => {
    const { get, service } = await startCachedRoute(
      t,
      (request, response) => {
        response.writeHead(200, {
          'cache-control': 'max-age=60',
          ...(request.url === '/known' && { 'content-length': 4_000 }),
        });
        if (request.url === '/broken') {
          response.write('half');
          setImmediate(() => response.destroy());
        } else response.end('x'.repeat(4_000));
      },
      { sections: { cache: { max_entry: '2KiB' } } },
    );
    for (const path of ['/known', '/unknown']) {
      assert.equal((await get(path)).body.length, 4_000);
      assert.equal((await get(path)).body.length, 4_000);
    }
    await assert.rejects(get('/broken'));
    await assert.rejects(get('/broken'));
    assert.equal(service.requests.length, 6);
  });

  it('lets events flow for as long as they come, and all who ask for them', async (t) => {
    const { get } = await startCachedRoute(
      t,
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'max-age=60' });
        response.write('data: 1\n\n');
        setTimeout(() => response.end('data: 2\n\n'), 400);
      },
      { route: { timeout: '200ms' } },
    );
    const answers = await Promise.all([get('/a'), get('/a')]);
    for (const { body } of answers) assert.equal(body, 'data: 1\n\ndata: 2\n\n');
  });

  it('goes at the pace of the reader with what is too large to be kept', async (t) => {
    const size = 64 * 2 ** 20;
    let sent: http.ServerResponse | undefined;
    const { gateway } = await startCachedRoute(t, (_, response) => {
      sent = response.writeHead(200, { 'cache-control': 'max-age=60', 'transfer-encoding': 'chunked' });
      response.end(Buffer.alloc(size));
    });
    const request = http.get(`${gateway.url}/a`, { agent: false });
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    answer.pause();
    // It comes to rest with most of it still at the service.
    let left = -1;
    await until(async () => {
      const before = left;
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = sent?.socket?.writableLength ?? 0;
      return left === before;
    });
    assert.ok(left > size / 2, `${left} bytes are left`);
    let read = 0;
    for await (const chunk of answer) read += (chunk as Buffer).length;
    assert.equal(read, size);
  });

  it('forgets what was written to, by whatever route', async (t) => {
    const { get, gateway, service } = await startCachedRoute(
      t,
      (request, response) => {
        const isRefused = request.url === '/refused' && request.method !== 'GET';
        response.writeHead(isRefused ? 409 : 200, { 'cache-control': 'max-age=60', vary: 'accept' }).end();
      },
      {
        route: { match: { path: '/**', methods: ['GET'] } },
        routes: [{ name: 'writes', match: { path: '/**', methods: ['PUT', 'DELETE'] }, upstream: 'service' }],
      },
    );
    const count = () => service.requests.filter(({ method }) => method === 'GET').length;
    await get('/a');
    await get('/a', { accept: 'b' });
    await get('/refused');
    await ask(`${gateway.url}/a`, { method: 'PUT', body: 'x' });
    await ask(`${gateway.url}/refused`, { method: 'DELETE' });
    assert.equal(count(), 3);
    await get('/a');
    await get('/a', { accept: 'b' });
    await get('/refused');
    assert.equal(count(), 5);
  });

  it('goes on over a reload that does not touch the route, and begins anew after one that does', async (t) => {
    const { get, gateway, service } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }));
    const route = { name: 'all', match: { path: '/**' }, upstream: 'service', cache: true };
    const upstreams = { service: { url: service.url, retry: false } };
    await get('/a');
    await gateway.reload({ routes: [route, { ...route, name: 'other', match: { path: '/other' } }], upstreams });
    assert.equal((await get('/a')).body, 'answer 1');
    const transform = { answers: [{ headers: { set: { 'x-new': 'yes' } } }] };
    await gateway.reload({ routes: [{ ...route, transform }], upstreams });
    const changed = await get('/a');
    assert.equal(changed.body, 'answer 2');
    assert.equal(changed.headers['x-new'], 'yes');
  });

  it('keeps what a transform has made of an answer', async (t) => {
    const { get, service } = await startCachedRoute(
      t,
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' }).end('{"a":1}');
      },
      { route: { transform: { answers: [{ body: 'b: $.a' }] } } },
    );
    assert.equal((await get('/a')).body, '{"b":1}');
    assert.equal((await get('/a')).body, '{"b":1}');
    assert.equal(service.requests.length, 1);
  });

  it('is seen in the access log and in the metrics, and not by the client where that is wished', async (t) => {
    const { get, gateway } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      sections: { cache: { cache_status: false } },
    });
    await get('/a');
    assert.equal((await get('/a')).headers['cache-status'], undefined);
    assert.deepEqual(
      gateway.log.filter(({ msg }) => msg === 'request').map(({ cache }) => cache),
      ['miss', 'hit'],
    );
    const metrics = (await ask(`${gateway.url}/metrics`)).body;
    assert.match(metrics, /weir_cache_requests_total\{http_route="all",weir_outcome="hit"\} 1/);
    assert.match(metrics, /weir_cache_stored_total\{http_route="all"\} 8/);
    assert.match(metrics, /weir_cache_size [1-9]/);
  });
});
