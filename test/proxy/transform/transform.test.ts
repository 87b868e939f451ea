import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type RecordingServer, startServer } from '../../transport/recording-server.ts';
import { startRouteGateway } from '../route-gateway.ts';

interface Started {
  readonly url: string;
  readonly orders: RecordingServer;
  readonly log: readonly Record<string, unknown>[];
}

/** A gateway with one route that matches all below `/v2`. */
async function start(
  t: TestContext,
  transform: Record<string, unknown>,
  answer: RequestListener = (_, response) => response.end(),
  route: Record<string, unknown> = {},
): Promise<Started> {
  const orders = await startServer(t, answer);
  const { url, log } = await startRouteGateway(t, {
    routes: [{ name: 'orders', match: { path: '/v2/{kind}/{id}' }, upstream: 'orders', transform, ...route }],
    upstreams: { orders: orders.url },
  });
  return { url, orders, log };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
};
const post = (url: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': 'application/json', ...headers },
  });
const code = async (answer: Response) => ((await answer.json()) as { code: string }).code;

describe('rules about the header of a request', { timeout: 30_000 }, () => {
  it('read the path, the query, the headers, the identity and the request id', async (t) => {
    const { url, orders } = await start(t, {
      request: {
        method: 'PUT',
        path: '/v1/{$path.kind}/{$path.id}/{$query.lang}',
        query: { keep: ['page'], set: { ids: '{$query.id}', kind: '{$path.kind}!' }, add: { page: '9' } },
        headers: {
          remove: ['x-debug'],
          rename: { 'x-old': 'x-new' },
          set: { 'x-method': '{$request.method} {$request.headers."x-tag"->first}', 'x-id': '{$context.requestId}' },
          add: { 'x-many': '{$query.id}', 'x-none': '{$query.none}', 'x-user': '{$context.identity.subject}' },
        },
      },
    });
    const answer = await fetch(`${url}/v2/a%20b/7?page=1&id=1&id=2&lang=d%C3%A9&drop=x`, {
      headers: { 'x-debug': '1', 'x-old': 'old', 'x-tag': 'tag' },
    });
    assert.equal(answer.status, 200);
    const [seen] = orders.requests;
    assert.equal(seen?.method, 'PUT');
    assert.equal(seen?.url, '/v1/a%20b/7/d%C3%A9?page=1&ids=1&ids=2&kind=a%20b%21&page=9');
    assert.equal(seen?.headers['x-debug'], undefined);
    assert.equal(seen?.headers['x-old'], undefined);
    assert.equal(seen?.headers['x-new'], 'old');
    assert.equal(seen?.headers['x-method'], 'GET tag');
    assert.equal(seen?.headers['x-id'], answer.headers.get('x-request-id'));
    assert.equal(seen?.headers['x-many'], '1, 2');
    assert.equal(answer.headers.get('vary'), 'x-tag');
    assert.equal(answer.headers.get('cache-control'), 'private');
    assert.ok(!('x-none' in (seen?.headers ?? {})) && !('x-user' in (seen?.headers ?? {})));
  });

  it('refuse values that have no place in a path or a header', async (t) => {
    const { url, orders } = await start(t, {
      request: { path: '/v1/{$query.id}', headers: { set: { 'x-q': '{$query.q}' } } },
    });
    for (const query of ['', '?id=', '?id=..', '?id=1&id=2', '?id=1&q=a%0D%0Ab', '?id=1&q=%E2%82%AC']) {
      const answer = await fetch(`${url}/v2/a/b${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal(await code(answer), 'BAD_USER_INPUT');
    }
    assert.equal(orders.requests.length, 0);
  });

  it('rewrite a path by its start, and by a regular expression', async (t) => {
    const byPrefix = await start(t, { request: { path: { prefix: '/v2/items', replace: '/v1/things' } } });
    for (const [path, seen] of [
      ['/v2/items/1', '/v1/things/1'],
      ['/v2/itemsandmore/1', '/v2/itemsandmore/1'],
    ] as const) {
      await fetch(byPrefix.url + path);
      assert.equal(byPrefix.orders.requests.at(-1)?.url, seen);
    }
    const byPattern = await start(t, {
      request: { path: { regex: '^/v(\\d)/(?P<rest>.*)$', replace: '/$<rest>/v$1' } },
    });
    await fetch(`${byPattern.url}/v2/items/1?a=b`);
    assert.equal(byPattern.orders.requests.at(-1)?.url, '/items/1/v2?a=b');
  });
});

describe('the mapping of a request', { timeout: 30_000 }, () => {
  const mapping = { request: { body: 'order: { id: $path.id, lines: $.items { sku: code } total note: $body.note }' } };
  mapping.request.body = 'id: $path.id lines: $.items { sku: code } total note: $body.note __proto__';

  it('makes the body that is sent, and its fields', async (t) => {
    const { url, orders } = await start(t, mapping);
    const body =
      '{"items":[{"code":"A"},{"code":"B"}],"total":12345678901234567890.123,"note":"n","__proto__":{"x":1},"y":1}';
    await post(`${url}/v2/orders/7`, body, { 'content-md5': 'x', 'content-digest': 'sha-256=:x:' });
    const [seen] = orders.requests;
    const expected =
      '{"id":"7","lines":[{"sku":"A"},{"sku":"B"}],"total":12345678901234567890.123,"note":"n","__proto__":{"x":1}}';
    assert.equal(seen?.body, expected);
    assert.equal(seen?.headers['content-length'], String(Buffer.byteLength(expected)));
    for (const name of ['content-md5', 'content-digest', 'transfer-encoding'])
      assert.equal(seen?.headers[name], undefined);
    assert.equal(seen?.headers['content-type'], 'application/json');
  });

  it('is made for a request without body where the method has one, and for no other', async (t) => {
    const { url, orders } = await start(t, { request: { method: 'POST', body: 'id: $path.id' } });
    await fetch(`${url}/v2/orders/7`, { method: 'DELETE' });
    assert.deepEqual([orders.requests[0]?.method, orders.requests[0]?.body], ['POST', '{"id":"7"}']);
    const plain = await start(t, mapping);
    await fetch(`${plain.url}/v2/orders/7`);
    assert.deepEqual([plain.orders.requests[0]?.method, plain.orders.requests[0]?.body], ['GET', '']);
  });

  it('drops the body where the request becomes a GET', async (t) => {
    const { url, orders } = await start(t, { request: { method: 'GET', query: { set: { q: '{$body.q}' } } } });
    await post(`${url}/v2/search/all`, '{"q":"a b"}');
    const [seen] = orders.requests;
    assert.deepEqual([seen?.method, seen?.url, seen?.body], ['GET', '/v2/search/all?q=a%20b', '']);
    assert.equal(seen?.headers['content-type'], undefined);
  });

  it('reads codings, and never more than the limit', async (t) => {
    const { url, orders } = await start(t, { ...mapping, max_body: '1KiB' });
    const body = '{"total":1}';
    for (const [coding, compress] of Object.entries({
      gzip: gzipSync,
      br: brotliCompressSync,
      deflate: deflateSync,
      zstd: zstdCompressSync,
    })) {
      const answer = await post(`${url}/v2/orders/7`, compress(Buffer.from(body)), { 'content-encoding': coding });
      assert.equal(answer.status, 200, coding);
      assert.equal(orders.requests.at(-1)?.body, '{"id":"7","total":1}');
      assert.equal(orders.requests.at(-1)?.headers['content-encoding'], undefined);
    }
    const twice = gzipSync(brotliCompressSync(Buffer.from(body)));
    assert.equal((await post(`${url}/v2/orders/7`, twice, { 'content-encoding': 'br, gzip' })).status, 200);

    const count = orders.requests.length;
    const bomb = Buffer.from(`{"total":"${'0'.repeat(10_000_000)}"}`);
    const refused = async (answer: Promise<Response>, status: number, expected: string) => {
      const { status: got } = await answer;
      assert.equal(got, status);
      assert.equal(await code(await answer), expected);
    };
    await refused(
      post(`${url}/v2/orders/7`, gzipSync(gzipSync(bomb)), { 'content-encoding': 'gzip, gzip' }),
      413,
      'CONTENT_TOO_LARGE',
    );
    await refused(post(`${url}/v2/orders/7`, `{"total":"${'0'.repeat(1_100)}"}`), 413, 'CONTENT_TOO_LARGE');
    await refused(post(`${url}/v2/orders/7`, body, { 'content-encoding': 'gzip' }), 400, 'MALFORMED_BODY');
    const unknown = await post(`${url}/v2/orders/7`, body, { 'content-encoding': 'snappy' });
    assert.equal(unknown.headers.get('accept-encoding'), 'gzip, deflate, br, zstd');
    await refused(Promise.resolve(unknown), 415, 'UNSUPPORTED_MEDIA_TYPE');
    await refused(
      post(`${url}/v2/orders/7`, body, { 'content-encoding': 'br, br, br' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
    assert.equal(orders.requests.length, count);
  });

  it('refuses what is no JSON, and passes it on where the rule says so', async (t) => {
    const { url, orders } = await start(t, mapping);
    for (const [type, body, status, expected] of [
      ['text/plain', 'x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['application/json; charset=latin1', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['application/jsonp', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['application/json', '{', 400, 'MALFORMED_BODY'],
      ['application/json', Buffer.from([0x22, 0xff, 0x22]), 400, 'MALFORMED_BODY'],
      ['application/vnd.shop+json; charset="UTF-8"', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 200, ''],
    ] as const) {
      const answer = await post(`${url}/v2/orders/7`, body, { 'content-type': type });
      assert.equal(answer.status, status, type);
      if (status !== 200) assert.equal(await code(answer), expected);
    }
    assert.equal(orders.requests.length, 1);
    const passing = await start(t, { request: { ...mapping.request, other_bodies: 'pass' } });
    await post(`${passing.url}/v2/orders/7`, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(passing.orders.requests[0]?.body, 'a=b');
  });

  it('outlives data that is nested deeply: it is mapped, or refused where the runtime cannot write it', async (t) => {
    const { url } = await start(t, { request: { body: 'deep: $' } });
    const answer = await post(`${url}/v2/orders/7`, `${'['.repeat(200_000)}1e1000${']'.repeat(200_000)}`);
    assert.ok(answer.status === 200 || (answer.status === 400 && (await code(answer)) === 'MALFORMED_BODY'));
  });

  it('sends a body that is only read on as it came', async (t) => {
    const { url, orders } = await start(t, { request: { headers: { set: { 'x-total': '{$body.total}' } } } });
    const body = '{ "total" : 1.50 }';
    await post(`${url}/v2/orders/7`, body, { 'content-digest': 'sha-256=:x:' });
    const [seen] = orders.requests;
    assert.deepEqual(
      [seen?.body, seen?.headers['x-total'], seen?.headers['content-digest']],
      [body, '1.5', 'sha-256=:x:'],
    );
  });
});

describe('rules about answers', { timeout: 30_000 }, () => {
  it('map those that they are about, in their order', async (t) => {
    const { url } = await start(
      t,
      {
        answers: [
          { headers: { remove: ['server'], set: { 'x-seen': '{$status} {$response.headers."x-a"->first}' } } },
          { on: ['2xx'], body: 'name: $.n id: $path.id status: $status' },
          { on: [200], status: 203, body: 'data: $' },
          { on: ['4xx'], status: 410, body: 'error: $.message' },
        ],
      },
      (request, response) => {
        const isFound = request.url === '/v2/orders/7';
        json(isFound ? { n: 'a', x: 1 } : { message: 'no' }, isFound ? 200 : 404, {
          'x-a': 'A',
          server: 's',
          etag: '"1"',
          'content-digest': 'sha-256=:x:',
          'accept-ranges': 'bytes',
          'last-modified': 'Tue, 24 Nov 2026 12:00:00 GMT',
        })(request, response);
      },
    );
    const found = await fetch(`${url}/v2/orders/7`, { headers: { 'if-none-match': '"1"', range: 'bytes=0-1' } });
    assert.equal(found.status, 203);
    assert.deepEqual(await found.json(), { data: { name: 'a', id: '7', status: 200 } });
    assert.equal(found.headers.get('x-seen'), '200 A');
    for (const name of ['server', 'etag', 'content-digest', 'accept-ranges'])
      assert.equal(found.headers.get(name), null, name);
    assert.equal(found.headers.get('last-modified'), 'Tue, 24 Nov 2026 12:00:00 GMT');
    const missing = await fetch(`${url}/v2/orders/8`);
    assert.equal(missing.status, 410);
    assert.deepEqual(await missing.json(), { error: 'no' });
  });

  it('ask for what they can read: whole, and without coding', async (t) => {
    const { url, orders } = await start(t, { answers: [{ body: '$' }] }, json('{}'));
    const headers = { range: 'bytes=0-1', 'if-range': '"1"', 'if-none-match': '"1"', 'accept-encoding': 'br' };
    await fetch(`${url}/v2/orders/7`, { headers });
    const [seen] = orders.requests;
    for (const name of ['range', 'if-range', 'if-none-match']) assert.equal(seen?.headers[name], undefined);
    assert.equal(seen?.headers['accept-encoding'], 'identity');
    await fetch(`${url}/v2/orders/7`, { method: 'PUT', headers: { 'if-none-match': '*' }, body: '' });
    assert.equal(orders.requests[1]?.headers['if-none-match'], '*');
  });

  it('decode what comes with a coding all the same', async (t) => {
    const { url } = await start(t, { answers: [{ body: 'a: $.n' }] }, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"n":12345678901234567890}'));
    });
    const answer = await fetch(`${url}/v2/orders/7`);
    assert.equal(await answer.text(), '{"a":12345678901234567890}');
    assert.equal(answer.headers.get('content-encoding'), null);
  });

  it('leave alone what has no JSON body', async (t) => {
    const { url } = await start(t, { answers: [{ body: 'a: $' }] }, (request, response) => {
      const status = Number(request.url?.split('/').at(-1));
      if (status === 200) response.setHeader('content-type', 'text/plain');
      response.writeHead(status).end(status === 200 ? 'text' : undefined);
    });
    assert.equal(await (await fetch(`${url}/v2/a/200`)).text(), 'text');
    assert.equal((await fetch(`${url}/v2/a/204`)).status, 204);
    assert.equal((await fetch(`${url}/v2/a/304`)).status, 304);
  });

  it('say nothing of the length of a body that HEAD does not show', async (t) => {
    const { url } = await start(t, { answers: [{ body: 'a: $' }] }, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2', etag: '"1"' }).end();
    });
    const answer = await fetch(`${url}/v2/orders/7`, { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), null);
    assert.equal(answer.headers.get('etag'), null);
  });

  it('answer 502 where an answer cannot be mapped', async (t) => {
    const { url } = await start(
      t,
      { answers: [{ body: 'a: $', other_bodies: 'refuse' }], max_body: '1KiB' },
      (request, response) => {
        const kind = request.url?.split('/').at(-1);
        const type = kind === 'text' ? 'text/plain' : 'application/json';
        response.writeHead(kind === 'part' ? 206 : 200, {
          'content-type': type,
          ...(kind === 'bomb' && { 'content-encoding': 'gzip' }),
          ...(kind === 'cut' && { 'content-length': '100' }),
        });
        if (kind === 'cut') {
          response.write('{');
          setImmediate(() => response.destroy());
          return;
        }
        const bodies: Record<string, string | Buffer> = {
          large: `"${'0'.repeat(2_000)}"`,
          bomb: gzipSync(`"${'0'.repeat(1_000_000)}"`),
          malformed: '{',
        };
        response.end(bodies[kind ?? ''] ?? '1');
      },
    );
    for (const kind of ['text', 'large', 'bomb', 'malformed', 'part', 'cut']) {
      const answer = await fetch(`${url}/v2/a/${kind}`);
      assert.equal(answer.status, 502, kind);
      assert.equal(await code(answer), 'UPSTREAM_BAD_RESPONSE');
    }
  });

  it('drop the body where the status has none', async (t) => {
    const { url } = await start(t, { answers: [{ status: 204 }] }, json({ a: 1 }, 200, { etag: '"1"' }));
    const answer = await fetch(`${url}/v2/orders/7`);
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('content-length')], [204, '', null]);
  });
});

describe('the function of a route', { timeout: 30_000 }, () => {
  const write = async (t: TestContext, text: string): Promise<string> => {
    const file = join(tmpdir(), `weir-function-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
    await writeFile(file, text);
    t.after(() => import('node:fs/promises').then(({ rm }) => rm(file)));
    return file;
  };

  it('changes what the rules left, and answers before they do', async (t) => {
    const file = await write(
      t,
      `export default {
        request(request, { parameters, request: { requestId } }) {
          request.method = 'PATCH';
          request.path = '/own/' + parameters.id;
          request.query.append('q', 'ä b');
          request.headers.set('x-request', requestId);
          request.headers.set('connection', 'x-request');
          request.body.twice = request.body.n * 2;
        },
        async answer(answer) {
          await null;
          answer.status = 202;
          answer.headers.append('set-cookie', 'a=1');
          answer.headers.append('set-cookie', 'b=2');
          answer.body.own = true;
        },
      };`,
    );
    const { url, orders } = await start(
      t,
      { function: file, request: { body: 'n' }, answers: [{ on: [202], body: 'all: $' }] },
      json({ big: 1 }),
    );
    const answer = await post(`${url}/v2/orders/7?a=%7E`, '{"n":2,"m":3}');
    assert.equal(answer.status, 202);
    assert.deepEqual(await answer.json(), { all: { big: 1, own: true } });
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
    const [seen] = orders.requests;
    assert.deepEqual([seen?.method, seen?.url, seen?.body], ['PATCH', '/own/7?a=%7E&q=%C3%A4+b', '{"n":2,"twice":4}']);
    assert.equal(seen?.headers['x-request'], answer.headers.get('x-request-id'));
  });

  it('lets bodies and queries that it does not touch through as they are', async (t) => {
    const file = await write(
      t,
      `export default { request(request) { request.headers.set('x-own', '1'); }, answer() {} };`,
    );
    const { url, orders } = await start(t, { function: file }, json('{ "a": 1.0 }', 200, { etag: '"1"' }));
    const answer = await post(`${url}/v2/orders/7?a=%7e&b`, '{ "n": 12345678901234567890 }');
    assert.equal(await answer.text(), '{ "a": 1.0 }');
    assert.equal(answer.headers.get('etag'), '"1"');
    const [seen] = orders.requests;
    assert.deepEqual([seen?.url, seen?.body], ['/v2/orders/7?a=%7e&b', '{ "n": 12345678901234567890 }']);
  });

  it('sees no body where it wants none', async (t) => {
    const file = await write(
      t,
      `export default { body: 'none', request(request) { if (request.body !== undefined) throw 1; } };`,
    );
    const { url, orders } = await start(t, { function: file });
    assert.equal((await post(`${url}/v2/orders/7`, 'not json')).status, 200);
    assert.equal(orders.requests[0]?.body, 'not json');
  });

  it('refuses by an error for clients; what else it throws or leaves is 500 and tells nothing', async (t) => {
    const file = await write(
      t,
      `import { WeirError } from ${JSON.stringify(join(import.meta.dirname, '../../../src/errors.ts'))};
      export default {
        async request(request, { parameters: { id } }) {
          if (id === 'refuse') throw new WeirError('FORBIDDEN', 'Not on Sundays');
          if (id === 'internal') throw new WeirError('UPSTREAM_ERROR', 'secret');
          if (id === 'throw') throw new Error('secret');
          if (id === 'nothing') throw undefined;
          if (id === 'path') request.path = '/a/../secret';
          if (id === 'method') request.method = 'get secret';
          if (id === 'query') request.query = undefined;
        },
        answer(answer, { parameters: { id } }) { if (id === 'status') answer.status = 99; },
      };`,
    );
    const { url, log } = await start(t, { function: file });
    const refused = await fetch(`${url}/v2/orders/refuse`);
    assert.equal(refused.status, 403);
    assert.equal(((await refused.json()) as { detail: string }).detail, 'Not on Sundays');
    for (const id of ['internal', 'throw', 'nothing', 'path', 'method', 'query', 'status']) {
      const answer = await fetch(`${url}/v2/orders/${id}`);
      assert.equal(answer.status, 500, id);
      assert.doesNotMatch(await answer.text(), /secret|function/);
    }
    assert.match(JSON.stringify(log), /The function of route \\"orders\\" failed: secret/);
  });

  it('does not outlive the deadline', async (t) => {
    const file = await write(t, `export default { request: () => new Promise(() => {}) };`);
    const { url, orders } = await start(t, { function: file }, undefined, { timeout: '50ms' });
    const answer = await fetch(`${url}/v2/orders/7`);
    assert.equal(answer.status, 504);
    assert.equal(await code(answer), 'DEADLINE_EXCEEDED');
    assert.equal(orders.requests.length, 0);
  });

  it('is checked when the gateway starts', async (t) => {
    for (const [text, expected] of [
      ['export const a = 1;', /default export must be an object/],
      ['export default { reqest() {} };', /did you mean "request"/],
      ['export default { request: 1 };', /"request" must be a function, got number/],
      ['export default { body: "xml", request() {} };', /"body" must be "json" or "none"/],
      ['export default {};', /neither "request" nor "answer"/],
      ['export default {', /Cannot load the function of route "orders" from .*\.mjs/],
    ] as const) {
      await assert.rejects(start(t, { function: await write(t, text) }), expected);
    }
  });
});
