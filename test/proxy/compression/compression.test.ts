import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { createGunzip, gzipSync } from 'node:zlib';
import { decodeBody } from '../../../src/content-coding/decode-body.ts';
import { startServer } from '../../transport/recording-server.ts';
import { type RouteGateway, startRouteGateway } from '../route-gateway.ts';

const TEXT = JSON.stringify(Array.from({ length: 400 }, (_, id) => ({ id, name: `Lamp ${id * 7_919}` })));

type Respond = http.RequestListener;

/** A gateway with one route before one service. */
async function gatewayBefore(t: TestContext, respond: Respond, keys: Record<string, unknown> = { compress: true }) {
  const service = await startServer(t, respond);
  const { sections, ...route } = keys as { sections?: Record<string, unknown> };
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service', ...route }],
    upstreams: { service: service.url },
    ...(sections !== undefined && { sections }),
  });
  return { gateway, service };
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly vary: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly raw: Buffer;
  /** Decoded. */
  readonly text: string;
}

async function ask(
  { url }: RouteGateway,
  headers: http.OutgoingHttpHeaders = {},
  { method = 'GET', path = '/' }: { method?: string; path?: string } = {},
): Promise<Answer> {
  const request = http.request(`${url}${path}`, { method, headers, agent: false }).end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const raw = await buffer(response);
  const decoded = await decodeBody(raw, response.headers['content-encoding'] ?? '', 1e8);
  assert.ok(Buffer.isBuffer(decoded) || method === 'HEAD', String(decoded));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    vary: (response.headers.vary ?? '').split(', '),
    trailers: response.trailers,
    raw,
    text: decoded.toString(),
  };
}

const json = (fields: http.OutgoingHttpHeaders = {}, body: string | Buffer = TEXT): Respond => {
  return (_, response) => response.writeHead(200, { 'content-type': 'application/json', ...fields }).end(body);
};
const HTTP_2 = { server: { listeners: [{ name: 'public', port: 0, http2: true }] } };
const withLength = { 'content-length': Buffer.byteLength(TEXT) };

describe('an answer of a route', { timeout: 30_000 }, () => {
  for (const coding of ['zstd', 'br', 'gzip']) {
    it(`has the coding ${coding} where the client likes that best`, async (t) => {
      for (const fields of [withLength, {}]) {
        const { gateway } = await gatewayBefore(t, json(fields));
        const answer = await ask(gateway, { 'accept-encoding': `zstd;q=0.1, br;q=0.1, gzip;q=0.1, ${coding}` });
        const liked = await ask(gateway, { 'accept-encoding': coding });
        assert.equal(answer.status, 200);
        assert.equal(liked.headers['content-encoding'], coding);
        assert.equal(liked.text, TEXT);
        assert.equal(liked.headers['content-length'], String(liked.raw.length));
        assert.ok(liked.raw.length < TEXT.length / 3);
        assert.deepEqual(liked.vary, ['accept-encoding']);
      }
    });
  }

  it('stays as it is for a client that asks for none, and says that it may be another', async (t) => {
    const { gateway } = await gatewayBefore(t, json({ ...withLength, vary: 'Origin', etag: '"1"' }));
    for (const headers of [{}, { 'accept-encoding': '' }, { 'accept-encoding': 'identity' }]) {
      const answer = await ask(gateway, headers);
      assert.equal(answer.headers['content-encoding'], undefined);
      assert.equal(answer.text, TEXT);
      assert.equal(answer.headers['content-length'], String(TEXT.length));
      assert.equal(answer.headers.etag, '"1"');
      assert.deepEqual(answer.vary, ['Origin', 'accept-encoding']);
    }
  });

  const gzip = { 'accept-encoding': 'gzip' };
  for (const [what, respond, varies] of [
    ['has a coding already', json({ 'content-encoding': 'gzip', vary: 'accept-encoding' }, gzipSync(TEXT)), true],
    ['is of another kind', json({ 'content-type': 'image/png' }), false],
    ['has no type', (_, response) => response.end(TEXT), false],
    ['must not be changed', json({ 'cache-control': 'public, No-Transform' }), false],
    ['is of events', json({ 'content-type': 'text/event-stream' }), false],
    ['is small', json({}, '{"a":1}'), true],
    ['would not shrink', json({}, Buffer.from(Array.from({ length: 1_100 }, () => Math.random() * 256))), true],
  ] as [string, Respond, boolean][]) {
    it(`that ${what} stays as it is`, async (t) => {
      const { gateway, service } = await gatewayBefore(t, respond);
      const direct = await fetchRaw(service.url, gzip);
      const answer = await ask(gateway, gzip);
      assert.deepEqual(answer.raw, direct.raw);
      assert.equal(answer.headers['content-encoding'], direct.headers['content-encoding']);
      assert.deepEqual(answer.vary, varies ? ['accept-encoding'] : ['']);
    });
  }

  it('that is a part stays the part that it is', async (t) => {
    const { gateway } = await gatewayBefore(t, (_, response) => {
      const fields = { 'content-type': 'text/plain', 'content-range': 'bytes 0-1999/9000', etag: '"1"' };
      response.writeHead(206, fields).end('x'.repeat(2_000));
    });
    const answer = await ask(gateway, { ...gzip, range: 'bytes=0-1999' });
    assert.deepEqual([answer.status, answer.text.length, answer.headers.etag], [206, 2_000, '"1"']);
    assert.equal(answer.headers['content-encoding'], undefined);
    assert.deepEqual(answer.vary, ['accept-encoding']);
  });

  it('has nothing in its header that is so of other bytes alone', async (t) => {
    const fields = {
      ...withLength,
      etag: '"1"',
      'accept-ranges': 'bytes',
      'content-encoding': 'identity',
      'content-digest': 'sha-256=:x:',
      'repr-digest': 'sha-256=:x:',
      digest: 'sha-256=x',
      'content-md5': 'x',
      vary: 'Accept-Encoding, Origin',
    };
    const { gateway } = await gatewayBefore(t, json(fields));
    const { headers, raw, vary } = await ask(gateway, gzip);
    for (const name of ['accept-ranges', 'content-digest', 'repr-digest', 'digest', 'content-md5']) {
      assert.equal(headers[name], undefined, name);
    }
    assert.deepEqual([headers.etag, headers['content-encoding']], ['W/"1;weir"', 'gzip']);
    assert.equal(headers['content-length'], String(raw.length));
    assert.deepEqual(vary, ['Accept-Encoding', 'Origin']);
  });

  it('to HEAD has the header of the answer to GET', async (t) => {
    const { gateway } = await gatewayBefore(t, json({ ...withLength, etag: '"1"', 'accept-ranges': 'bytes' }));
    const [get, head] = [await ask(gateway, gzip), await ask(gateway, gzip, { method: 'HEAD' })];
    for (const name of ['content-encoding', 'vary', 'etag', 'accept-ranges', 'content-type']) {
      assert.equal(head.headers[name], get.headers[name], name);
    }
    // Its length is not known before it is encoded (RFC 9110 §9.3.2).
    assert.deepEqual([head.headers['content-length'], head.raw.length], [undefined, 0]);
    const plain = await ask(gateway, {}, { method: 'HEAD' });
    assert.deepEqual([plain.headers['content-length'], plain.headers.etag], [String(TEXT.length), '"1"']);
  });

  it('keeps its trailers, but for digests of other bytes', async (t) => {
    const { gateway } = await gatewayBefore(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-sum, content-digest' });
      response.addTrailers({ 'x-sum': '7', 'content-digest': 'sha-256=:x:' });
      response.end(TEXT);
    });
    const answer = await ask(gateway, { ...gzip, te: 'trailers' });
    assert.equal(answer.text, TEXT);
    assert.deepEqual({ ...answer.trailers }, { 'x-sum': '7' });
  });

  it('that the client refuses as it is has a coding, however small it is', async (t) => {
    const { gateway } = await gatewayBefore(t, json({}, '{}'));
    const answer = await ask(gateway, { 'accept-encoding': 'gzip, identity;q=0' });
    assert.deepEqual([answer.headers['content-encoding'], answer.text], ['gzip', '{}']);
  });

  it('to a client that asks for no change on the way is not changed', async (t) => {
    const { gateway } = await gatewayBefore(t, json());
    const answer = await ask(gateway, { ...gzip, 'cache-control': 'no-transform' });
    assert.equal(answer.headers['content-encoding'], undefined);
  });

  it('shows its length to no page of another site that brings cookies, unless the config lets it', async (t) => {
    const brought = { ...gzip, 'sec-fetch-site': 'cross-site', cookie: 'session=1' };
    for (const [compress, coding] of [
      [true, undefined],
      [{ cross_site_cookies: true }, 'gzip'],
    ] as const) {
      const { gateway } = await gatewayBefore(t, json(), { compress });
      assert.equal((await ask(gateway, brought)).headers['content-encoding'], coding);
      const { cookie: _, ...anonymous } = brought;
      assert.equal((await ask(gateway, anonymous)).headers['content-encoding'], 'gzip');
      const ownPage = { ...brought, 'sec-fetch-site': 'same-origin' };
      assert.equal((await ask(gateway, ownPage)).headers['content-encoding'], 'gzip');
    }
  });

  it('of the gateway itself, that was made of others, has a coding too', async (t) => {
    const { gateway, service } = await gatewayBefore(t, json(), {
      upstream: undefined,
      aggregate: { parts: { list: { upstream: 'service', path: '/list' } } },
      compress: { codings: ['br'], min_size: '0B', levels: { br: 11 } },
    });
    const answer = await ask(gateway, { 'accept-encoding': 'br, gzip, zstd' });
    assert.equal(answer.headers['content-encoding'], 'br');
    assert.deepEqual(JSON.parse(answer.text), { list: JSON.parse(TEXT) });
    assert.ok(service.requests.length === 1);
  });

  it('that a rule reads comes from the upstream without a coding, and leaves with one', async (t) => {
    const { gateway, service } = await gatewayBefore(t, json({}, `{"list":${TEXT}}`), {
      compress: true,
      transform: { answers: [{ body: 'lamps: list' }] },
    });
    const answer = await ask(gateway, { 'accept-encoding': 'gzip, identity;q=0' });
    assert.equal(service.requests[0]?.headers['accept-encoding'], 'identity');
    assert.equal(answer.headers['content-encoding'], 'gzip');
    assert.deepEqual(JSON.parse(answer.text), { lamps: JSON.parse(TEXT) });
  });

  it('is compressed by the default for all routes, which a route may leave', async (t) => {
    const sections = { compression: { routes: true, codings: ['gzip', 'br'], min_size: '100B' } };
    const { gateway } = await gatewayBefore(t, json(), { sections });
    assert.equal((await ask(gateway, { 'accept-encoding': 'br, gzip' })).headers['content-encoding'], 'gzip');
    const { gateway: other } = await gatewayBefore(t, json(), { sections, compress: false });
    const answer = await ask(other, { 'accept-encoding': 'br, gzip' });
    assert.deepEqual([answer.headers['content-encoding'], answer.headers.vary], [undefined, undefined]);
    const { gateway: plain } = await gatewayBefore(t, json(), {});
    assert.equal((await ask(plain, { 'accept-encoding': 'br, gzip' })).headers['content-encoding'], undefined);
  });

  it('is counted by what it was and what it became', async (t) => {
    const { gateway } = await gatewayBefore(t, json());
    const { raw } = await ask(gateway, gzip);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const count = (name: string) =>
      Number(new RegExp(`compression_${name}_total{weir_coding="gzip"} (\\d+)`).exec(metrics)?.[1]);
    assert.deepEqual([count('input'), count('output')], [TEXT.length, raw.length]);
  });
});

describe('a condition of a client on a route with compression', { timeout: 30_000 }, () => {
  /** Compares whole texts, as simple services do. */
  const strict: Respond = (request, response) => {
    const tags = (name: string) => (request.headers[name] as string | undefined)?.split(', ');
    if (tags('if-match')?.includes('"1"') === false) response.writeHead(412).end();
    else if (tags('if-none-match')?.includes('"1"')) response.writeHead(304, { etag: '"1"' }).end();
    else json({ etag: '"1"' })(request, response);
  };

  it('is met with the tag that the gateway has weakened, by the strong one of the service', async (t) => {
    const { gateway } = await gatewayBefore(t, strict);
    const first = await ask(gateway, { 'accept-encoding': 'gzip' });
    const etag = first.headers.etag as string;
    assert.equal(etag, 'W/"1;weir"');
    const again = await ask(gateway, { 'accept-encoding': 'gzip', 'if-none-match': `W/"0", ${etag}` });
    assert.deepEqual([again.status, again.headers.etag, again.vary], [304, 'W/"1;weir"', ['accept-encoding']]);
    const strong = await ask(gateway, { 'if-none-match': '"1"' });
    assert.deepEqual([strong.status, strong.headers.etag], [304, '"1"']);
    const put = { method: 'PUT' };
    assert.equal((await ask(gateway, { 'if-match': etag }, put)).status, 200);
    assert.equal((await ask(gateway, { 'if-match': 'W/"0;weir"' }, put)).status, 412);
  });

  it('is met by what is kept', async (t) => {
    const { gateway, service } = await gatewayBefore(t, json({ etag: '"1"', 'cache-control': 'max-age=60' }), {
      compress: true,
      cache: true,
    });
    const { etag = '' } = (await ask(gateway, { 'accept-encoding': 'gzip' })).headers;
    const kept = await ask(gateway, { 'accept-encoding': 'gzip' });
    assert.deepEqual([kept.headers.etag, kept.headers['content-encoding'], kept.text], [etag, 'gzip', TEXT]);
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': etag, 'accept-encoding': 'gzip' }]) {
      const again = await ask(gateway, headers);
      assert.deepEqual([again.status, again.headers.etag, again.vary], [304, etag, ['accept-encoding']]);
    }
    assert.equal((await ask(gateway, { 'if-none-match': '"1"' })).headers.etag, '"1"');
    const part = await ask(gateway, { range: 'bytes=0-3', 'if-range': etag });
    assert.deepEqual([part.status, part.text], [200, TEXT]);
    assert.equal((await ask(gateway, { range: 'bytes=0-3', 'if-range': '"1"' })).status, 206);
    assert.equal(service.requests.length, 1);
  });

  it('is met by what is kept, which is encoded once for each coding', async (t) => {
    const { gateway, service } = await gatewayBefore(t, json({ 'cache-control': 'max-age=60' }), {
      compress: true,
      cache: true,
    });
    const encodedBytes = async () => {
      const figures = await (await fetch(`${gateway.url}/metrics`)).text();
      const lines = [...figures.matchAll(/^weir_compression_input_total\{.*weir_coding="(\w+)".*\} (\d+)/gm)];
      return Object.fromEntries(lines.map(([, coding, bytes]) => [coding, Number(bytes) / TEXT.length]));
    };
    await ask(gateway);
    for (const coding of ['br', 'gzip', 'br', 'gzip', 'br']) {
      const answer = await ask(gateway, { 'accept-encoding': coding });
      assert.deepEqual([answer.headers['content-encoding'], answer.text], [coding, TEXT]);
    }
    assert.deepEqual(await encodedBytes(), { br: 1, gzip: 1 });
    // Another body under the same key is encoded by itself.
    const changed = await ask(gateway, {}, { method: 'POST' });
    assert.equal(changed.status, 200);
    await ask(gateway);
    assert.equal((await ask(gateway, { 'accept-encoding': 'br' })).text, TEXT);
    assert.deepEqual(await encodedBytes(), { br: 2, gzip: 1 });
    assert.equal(service.requests.length, 3);
  });

  it('by a weak tag of the service itself refuses an update, as RFC 9110 has it', async (t) => {
    // As Apache does: weak within the second of a change, since another may come, and later strong with the same text.
    const { gateway } = await gatewayBefore(t, (request, response) => {
      if (request.method === 'GET') json({ etag: 'W/"1"' })(request, response);
      else response.writeHead(request.headers['if-match']?.split(', ').includes('"1"') ? 200 : 412).end();
    });
    const { etag } = (await ask(gateway, { 'accept-encoding': 'gzip' })).headers;
    assert.equal(etag, 'W/"1"');
    assert.equal((await ask(gateway, { 'if-match': etag as string }, { method: 'PUT' })).status, 412);
  });
});

describe('a body that comes slowly', { timeout: 30_000 }, () => {
  it('reaches the client as far as it has come', async (t) => {
    const held: http.ServerResponse[] = [];
    const { gateway } = await gatewayBefore(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"first":1}\n');
      held.push(response);
    });
    const request = http.get(gateway.url, { agent: false, headers: { 'accept-encoding': 'gzip' } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    assert.equal(response.headers['content-encoding'], 'gzip');
    const lines = response.pipe(createGunzip()).setEncoding('utf8');
    assert.deepEqual(await once(lines, 'data'), ['{"first":1}\n']);
    held[0]?.write('{"second":2}\n');
    assert.deepEqual(await once(lines, 'data'), ['{"second":2}\n']);
    held[0]?.end();
    await once(lines, 'end');
  });

  const breakOff: Respond = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(TEXT, () => setTimeout(() => response.destroy(), 30));
  };

  it('and breaks off is no whole answer', async (t) => {
    const { gateway } = await gatewayBefore(t, breakOff);
    const request = http.get(gateway.url, { agent: false, headers: { 'accept-encoding': 'br' } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    assert.equal(response.headers['content-encoding'], 'br');
    await assert.rejects(buffer(response), { code: 'ECONNRESET' });
  });

  it('and breaks off is no whole answer over HTTP/2 either', async (t) => {
    const { gateway } = await gatewayBefore(t, breakOff, { compress: true, sections: HTTP_2 });
    const session = http2.connect(gateway.url);
    t.after(() => session.close());
    const stream = session.request({ ':path': '/', 'accept-encoding': 'br' });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(headers['content-encoding'], 'br');
    await assert.rejects(buffer(stream), { code: 'ERR_HTTP2_STREAM_ERROR' });
  });

  it('is let go when the client leaves', async (t) => {
    const closed = Promise.withResolvers<void>();
    const { gateway } = await gatewayBefore(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => {
        while (response.write(TEXT));
      };
      response.on('drain', more).on('close', closed.resolve);
      more();
    });
    const request = http
      .get(gateway.url, { agent: false, headers: { 'accept-encoding': 'gzip' } })
      .on('error', () => {});
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    await once(response, 'data');
    request.destroy();
    await closed.promise;
  });

  it('comes over HTTP/2 too, however large it is', async (t) => {
    const large = TEXT.repeat(200);
    const { gateway } = await gatewayBefore(t, json({}, large), { compress: true, sections: HTTP_2 });
    const session = http2.connect(gateway.url);
    t.after(() => session.close());
    for (const coding of ['zstd', 'br', 'gzip']) {
      const stream = session.request({ ':path': '/', 'accept-encoding': coding });
      const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
      assert.equal(headers['content-encoding'], coding);
      const decoded = await decodeBody(await buffer(stream), coding, 1e8);
      assert.ok(Buffer.isBuffer(decoded) && decoded.equals(Buffer.from(large)));
    }
  });
});

async function fetchRaw(url: string, headers: http.OutgoingHttpHeaders) {
  const [response] = (await once(http.get(url, { agent: false, headers }), 'response')) as [http.IncomingMessage];
  return { headers: response.headers, raw: await buffer(response) };
}
