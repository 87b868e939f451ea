import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { type RecordingServer, startServer } from '../../transport/recording-server.ts';
import { startRouteGateway } from '../route-gateway.ts';

type Definition = Record<string, unknown>;

interface Started {
  readonly url: string;
  readonly shop: RecordingServer;
}

/** A service that answers by path; what is no function is JSON. */
async function start(
  t: TestContext,
  answers: Readonly<Record<string, RequestListener | unknown>>,
  aggregate: Definition,
  upstream: Definition = {},
  route: Definition = {},
): Promise<Started> {
  const shop = await startServer(t, (request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
    if (typeof answer === 'function') return void (answer as RequestListener)(request, response);
    if (answer === undefined) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const { url } = await startRouteGateway(t, {
    routes: [{ name: 'page', match: { path: '/page/{id}' }, aggregate, ...route }],
    upstreams: { shop: { url: shop.url, retry: false, ...upstream } },
  });
  return { url, shop };
}

const part = (path: string, keys: Definition = {}): Definition => ({ upstream: 'shop', path, ...keys });
const status = (code: number, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end('{"secret":1}');
};
const json = (value: unknown, headers: Record<string, string | string[]> = {}): RequestListener => {
  return (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
};
const problem = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

describe('an aggregate', { timeout: 30_000 }, () => {
  it('is made of its parts, which read the request and each other', async (t) => {
    const { url, shop } = await start(
      t,
      {
        '/orders/7': { number: 1, user: { id: 7 }, skus: ['x', 'y'] },
        '/users/7': { name: 'Ada', secret: 1 },
        '/stock': { x: 1 },
      },
      {
        parts: {
          stock: part('/stock?sku={$parts.order.skus}', { headers: { 'x-user': '{$parts.user.name}' } }),
          user: part('/users/{$parts.order.user}', { select: 'name' }),
          order: part('/orders/{$path.id}?lang={$query.lang}', {
            select: 'number user: user.id skus',
            forward: ['accept-language'],
          }),
        },
        answer: 'order { number } customer: user.name available: stock.x page: $query.page',
      },
    );
    const made = await fetch(`${url}/page/7?lang=de&page=2`, {
      headers: { 'accept-language': 'de', authorization: 'Bearer secret', cookie: 'a=1' },
    });
    assert.equal(made.status, 200);
    assert.deepEqual(await made.json(), { order: { number: 1 }, customer: 'Ada', available: 1, page: '2' });
    assert.deepEqual(
      shop.requests.map((request) => request.url),
      ['/orders/7?lang=de', '/users/7', '/stock?sku=x&sku=y'],
    );
    const [order, , stock] = shop.requests;
    assert.equal(order?.headers['accept-language'], 'de');
    assert.equal(order?.headers['x-request-id'], made.headers.get('x-request-id'));
    for (const request of shop.requests) {
      assert.equal(request.headers.authorization, undefined);
      assert.equal(request.headers.cookie, undefined);
    }
    assert.equal(stock?.headers['accept-language'], undefined);
    assert.equal(stock?.headers['x-user'], 'Ada');
  });

  it('sends parts that do not read each other at the same time', async (t) => {
    let open = 0;
    const both: (() => void)[] = [];
    const together: RequestListener = (_, response) => {
      both.push(() => void json({})(_, response));
      open += 1;
      if (open === 2) for (const answer of both) answer();
    };
    const { url } = await start(t, { '/a': together, '/b': together }, { parts: { a: part('/a'), b: part('/b') } });
    const answer = await fetch(`${url}/page/1`);
    assert.deepEqual(await answer.json(), { a: {}, b: {} });
  });

  it('sends bodies that are mapped of the body of the client', async (t) => {
    const { url, shop } = await start(
      t,
      { '/search': { hits: [1] } },
      {
        parts: { hits: part('/search', { method: 'POST', body: 'term: $.q user: $context.identity', select: 'hits' }) },
        answer: '$.hits',
      },
    );
    const answer = await fetch(`${url}/page/1`, {
      method: 'POST',
      body: '{"q":1e400}',
      headers: { 'content-type': 'application/json' },
    });
    assert.deepEqual(await answer.json(), { hits: [1] });
    assert.equal(shop.requests[0]?.body, '{"term":1e400,"user":null}');
    assert.equal(shop.requests[0]?.headers['content-type'], 'application/json');
    const refused = await fetch(`${url}/page/1`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(refused.status, 415);
  });

  it('does without an optional part, or takes its default, and says so', async (t) => {
    const parts = {
      a: part('/a'),
      b: part('/b', { on_error: 'omit' }),
      c: part('/c', { on_error: { default: [] } }),
      d: part('/d/{$parts.b.id}', { on_error: 'omit' }),
    };
    const { url, shop } = await start(
      t,
      { '/a': { n: 1 }, '/b': status(500), '/c': json('x', { 'content-type': 'text/html' }) },
      {
        parts,
        meta: true,
      },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), {
      a: { n: 1 },
      c: [],
      _meta: { parts: { a: 200, b: 502, c: 502, d: 502 } },
    });
    assert.equal(answer.headers.get('x-gateway-partial'), 'parts="b, c, d"');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(shop.requests.length, 3);
  });

  it('does not ask for an optional part where there is nothing to ask for', async (t) => {
    const { url, shop } = await start(
      t,
      { '/a': { coupon: null } },
      {
        parts: {
          a: part('/a'),
          b: part('/b/{$parts.a.coupon}', { on_error: 'omit' }),
          c: part('/c/{$query.c}', { on_error: { default: 0 } }),
        },
      },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.deepEqual(await answer.json(), { a: { coupon: null }, c: 0 });
    assert.equal(answer.headers.get('x-gateway-partial'), null);
    assert.equal(shop.requests.length, 1);
  });

  it('fails with what a part that it needs answers, in words of the whole', async (t) => {
    for (const [code, expected, error] of [
      [401, 401, 'UNAUTHENTICATED'],
      [403, 403, 'FORBIDDEN'],
      [404, 404, 'NOT_FOUND'],
      [410, 404, 'NOT_FOUND'],
      [429, 429, 'RATE_LIMITED'],
      [400, 502, 'UPSTREAM_ERROR'],
      [302, 502, 'UPSTREAM_ERROR'],
      [500, 502, 'UPSTREAM_ERROR'],
      [503, 503, 'UPSTREAM_UNAVAILABLE'],
      [504, 504, 'UPSTREAM_TIMEOUT'],
    ] as const) {
      const { url } = await start(t, { '/a': status(code, { 'retry-after': '7' }) }, { parts: { a: part('/a') } });
      const answer = await fetch(`${url}/page/1`);
      assert.equal(answer.status, expected, String(code));
      const { code: got, part: named, ...rest } = await problem(answer);
      assert.deepEqual([got, named], [error, 'a']);
      assert.doesNotMatch(JSON.stringify(rest), /secret|127\.0\.0\.1/);
      assert.equal(answer.headers.get('retry-after'), code === 429 || code === 503 ? '7' : null);
    }
  });

  it('refuses values of the client that have no place, and 502s those of other parts', async (t) => {
    const { url } = await start(t, { '/a': { id: '..' } }, { parts: { a: part('/a'), b: part('/b/{$query.id}') } });
    for (const query of ['', '?id=..', '?id=1&id=2']) {
      const answer = await fetch(`${url}/page/1${query}`);
      assert.equal(answer.status, 400, query);
    }
    const other = await start(t, { '/a': { id: '..' } }, { parts: { a: part('/a'), b: part('/b/{$parts.a.id}') } });
    assert.equal((await fetch(`${other.url}/page/1`)).status, 502);
  });

  it('gives up the other parts when one fails that it needs, and starts none after it', async (t) => {
    const closed = Promise.withResolvers<void>();
    const { url, shop } = await start(
      t,
      {
        '/slow': (request: Parameters<RequestListener>[0]) =>
          void once(request.socket, 'close').then(() => closed.resolve()),
        '/fails': (request: Parameters<RequestListener>[0], response: Parameters<RequestListener>[1]) => {
          const wait = () => (shop.requests.length < 2 ? setImmediate(wait) : status(500)(request, response));
          wait();
        },
      },
      { parts: { slow: part('/slow'), fails: part('/fails'), late: part('/late/{$parts.fails.id}') } },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.equal(answer.status, 502);
    assert.equal((await problem(answer)).part, 'fails');
    await closed.promise;
    assert.equal(shop.requests.length, 2);
  });

  it('gives up its parts when the client leaves', async (t) => {
    const asked = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const { url } = await start(
      t,
      {
        '/slow': (request: Parameters<RequestListener>[0]) => {
          asked.resolve();
          void once(request.socket, 'close').then(() => closed.resolve());
        },
      },
      { parts: { slow: part('/slow', { on_error: 'omit' }) } },
    );
    const leave = new AbortController();
    const answer = fetch(`${url}/page/1`, { signal: leave.signal });
    await asked.promise;
    leave.abort();
    await assert.rejects(answer);
    await closed.promise;
  });

  it('lets all parts end under "all", and answers with the worst error', async (t) => {
    const { url, shop } = await start(
      t,
      { '/a': status(404), '/b': status(500), '/c': { c: 1 }, '/d': status(503) },
      {
        status: 'all',
        parts: { a: part('/a'), b: part('/b'), c: part('/c'), d: part('/d', { on_error: 'omit' }) },
      },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.equal(answer.status, 502);
    const { part: named, parts } = await problem(answer);
    assert.deepEqual([named, parts], ['b', { a: 'NOT_FOUND', b: 'UPSTREAM_ERROR' }]);
    assert.equal(shop.requests.length, 4);
  });

  it('never fails under "multi_status", and tells the status of each part', async (t) => {
    const aggregate = { status: 'multi_status', parts: { a: part('/a'), b: part('/b') } };
    const some = await start(t, { '/a': { a: 1 } }, aggregate);
    const answer = await fetch(`${some.url}/page/1`);
    assert.equal(answer.status, 207);
    assert.deepEqual(await answer.json(), { a: { a: 1 }, _meta: { parts: { a: 200, b: 404 } } });
    const all = await start(t, { '/a': { a: 1 }, '/b': [] }, aggregate);
    const whole = await fetch(`${all.url}/page/1`);
    assert.equal(whole.status, 200);
    assert.deepEqual(await whole.json(), { a: { a: 1 }, b: [], _meta: { parts: { a: 200, b: 200 } } });
  });

  it('bounds the time and the size of each part', async (t) => {
    const { url } = await start(
      t,
      { '/slow': () => {}, '/large': { text: 'x'.repeat(2_000) } },
      {
        parts: {
          slow: part('/slow', { timeout: '30ms', on_error: 'omit' }),
          large: part('/large', { max_body: '1KiB', on_error: 'omit' }),
        },
        meta: true,
      },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.deepEqual(await answer.json(), { _meta: { parts: { slow: 504, large: 502 } } });
  });

  it('ends at the deadline of the route, which all its parts share', async (t) => {
    const { url, shop } = await start(
      t,
      { '/slow': () => {} },
      { parts: { a: part('/slow', { on_error: 'omit' }), b: part('/b/{$parts.a.id}', { on_error: 'omit' }) } },
      {},
      { timeout: '60ms' },
    );
    const answer = await fetch(`${url}/page/1`);
    assert.equal(answer.status, 504);
    assert.equal((await problem(answer)).code, 'DEADLINE_EXCEEDED');
    assert.equal(shop.requests.length, 1);
  });

  it('has the retries and the breaker of its upstreams', async (t) => {
    let count = 0;
    const flaky: RequestListener = (request, response) => {
      count += 1;
      (count === 1 ? status(503) : json({ ok: count }))(request, response);
    };
    const retrying = await start(
      t,
      { '/a': flaky },
      { parts: { a: part('/a') } },
      { retry: { attempts: 1, base: '1ms' } },
    );
    assert.deepEqual(await (await fetch(`${retrying.url}/page/1`)).json(), { a: { ok: 2 } });

    const { url, shop } = await start(
      t,
      { '/a': status(503), '/b': {} },
      { parts: { a: part('/a') } },
      { breaker: { failures: 2, open: '1h' } },
    );
    for (let n = 0; n < 3; n++) assert.equal((await fetch(`${url}/page/1`)).status, 503);
    assert.equal(shop.requests.length, 2);
    assert.match((await fetch(`${url}/page/1`)).headers.get('retry-after') ?? '', /^\d+$/);
  });

  it('drops cookies unless told, and merges what caches may do', async (t) => {
    const answers = {
      '/a': json({}, { 'set-cookie': ['a=1', 'b=2'], 'cache-control': 'public, max-age=60', vary: 'Accept' }),
      '/b': json({}, { 'set-cookie': 'c=3', 'cache-control': 'private, max-age=30', vary: 'accept, Cookie' }),
    };
    const parts = { a: part('/a'), b: part('/b') };
    const dropping = await fetch(`${(await start(t, answers, { parts })).url}/page/1`);
    assert.deepEqual(dropping.headers.getSetCookie(), []);
    assert.equal(dropping.headers.get('cache-control'), 'private, max-age=30');
    assert.equal(dropping.headers.get('vary'), 'accept, cookie');
    const passing = await fetch(`${(await start(t, answers, { parts, set_cookie: 'pass' })).url}/page/1`);
    assert.deepEqual(passing.headers.getSetCookie(), ['a=1', 'b=2', 'c=3']);
  });

  it('answers HEAD, and can be transformed', async (t) => {
    const { url } = await start(
      t,
      { '/a': { n: 1 } },
      { parts: { a: part('/a') } },
      {},
      {
        transform: { answers: [{ body: 'data: $', headers: { set: { 'x-own': '1' } } }] },
      },
    );
    assert.equal((await fetch(`${url}/page/1`, { method: 'HEAD' })).status, 200);
    const answer = await fetch(`${url}/page/1`);
    assert.deepEqual(await answer.json(), { data: { a: { n: 1 } } });
    assert.equal(answer.headers.get('x-own'), '1');
  });
});
