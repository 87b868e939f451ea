import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decodeBody } from '../../src/content-coding/decode-body.ts';
import { type Behind, type Served, serveGateway } from './serve-gateway.ts';

const NAMES = Array.from({ length: 500 }, (_, id) => `Łamp ${id * 7_919}`);
const LAMPS: Behind = {
  sdl: 'type Query { lamps: [String!]! lamp: String one(name: String): String }',
  resolvers: { Query: { lamps: () => NAMES, lamp: () => NAMES[0], one: (_, { name }) => name } },
};
const MANY = '{ lamps }';
const ALL = { data: { lamps: NAMES } };
/** Answers in parts, and a word of its own on what its answers depend on. */
const PLUGIN = `export default {
  onRequest({ request, endResponse, fetchAPI }) {
    const type = request.headers.get('x-parts');
    if (type === null) return;
    const text = new TextEncoder().encode('x'.repeat(4000));
    const body = new ReadableStream({ start(c) { c.enqueue(text); c.close(); } });
    endResponse(new fetchAPI.Response(body, { headers: { 'content-type': type } }));
  },
  onResponse({ request, response }) {
    if (request.headers.has('x-vary')) response.headers.set('vary', 'X-Vary');
  },
};`;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly text: string;
}

async function send(url: string, headers: http.OutgoingHttpHeaders, body?: string | Buffer): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  const all = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const request = http.request(url, { method, headers: all, agent: false }).end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const raw = await buffer(response);
  const decoded = await decodeBody(raw, response.headers['content-encoding'] ?? '', 1e8);
  assert.ok(Buffer.isBuffer(decoded), String(decoded));
  return { status: response.statusCode ?? 0, headers: response.headers, raw, text: decoded.toString() };
}

const asking = (query: string, variables?: object) => JSON.stringify({ query, variables });

describe('an answer of the graph', { timeout: 60_000 }, () => {
  let served: Served;
  let plain: Served;
  before(async () => {
    const server = { listeners: [{ name: 'public', port: 0, http2: true }] };
    const cors = { rules: [{ cors: { origins: ['https://shop.example'] } }] };
    served = await serveGateway({ lamps: LAMPS }, { plugins: { 'parts.mjs': PLUGIN }, server, browsers: cors });
    plain = await serveGateway({ lamps: LAMPS }, { compression: { graphql: false } });
  });
  after(() => Promise.all([served.close(), plain.close()]));
  const ask = (headers: http.OutgoingHttpHeaders, query = MANY) =>
    send(`${served.origin}/graphql`, headers, asking(query));

  for (const coding of ['zstd', 'br', 'gzip']) {
    it(`has the coding ${coding} where its client likes that`, async () => {
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const { headers, raw, text } = await ask({ 'accept-encoding': coding, accept });
        assert.deepEqual(JSON.parse(text), ALL);
        assert.equal(headers['content-encoding'], coding);
        assert.equal(headers['content-length'], String(raw.length));
        assert.equal(headers.vary, 'Origin, accept-encoding');
        assert.ok(raw.length < text.length / 2);
      }
    });
  }

  it('stays as it is for clients that ask for none, and where it is small', async () => {
    for (const [headers, query] of [
      [{}, MANY],
      [{ 'accept-encoding': 'identity' }, MANY],
      [{ 'accept-encoding': 'deflate' }, MANY],
      [{ 'accept-encoding': 'gzip' }, '{ lamp }'],
    ] as const) {
      const answer = await ask(headers, query);
      assert.equal(answer.headers['content-encoding'], undefined);
      assert.equal(answer.headers.vary, 'Origin, accept-encoding');
      assert.ok('data' in JSON.parse(answer.text));
    }
  });

  it('has a coding that the client insists on, also with errors', async () => {
    const answer = await ask({ 'accept-encoding': 'br, identity;q=0' }, '{ unknown }');
    assert.equal(answer.headers['content-encoding'], 'br');
    assert.equal(JSON.parse(answer.text).errors.length, 1);
  });

  it('says what it depends on beside what a plugin says', async () => {
    assert.equal((await ask({ 'x-vary': '1' })).headers.vary, 'X-Vary, accept-encoding');
  });

  it('that comes in parts has no coding', async () => {
    for (const type of ['multipart/mixed; boundary="-"', 'text/event-stream', 'text/plain']) {
      const answer = await ask({ 'accept-encoding': 'gzip', 'x-parts': type });
      assert.equal(answer.headers['content-encoding'], undefined, type);
      assert.equal(answer.text.length, 4_000);
    }
  });

  it('shows its length to no page of another site that brings cookies', async () => {
    const headers = {
      'accept-encoding': 'gzip',
      'sec-fetch-site': 'cross-site',
      cookie: 'a=1',
      'x-graphql-yoga-csrf': '1',
    };
    const answer = await ask({ ...headers, 'apollo-require-preflight': '1' });
    assert.deepEqual([answer.status, answer.headers['content-encoding']], [200, undefined]);
  });

  it('is compressed over HTTP/2 too', async (t) => {
    const session = http2.connect(served.origin);
    t.after(() => session.close());
    const head = {
      ':method': 'POST',
      ':path': '/graphql',
      'content-type': 'application/json',
      'accept-encoding': 'zstd',
    };
    const stream = session.request(head);
    stream.end(asking(MANY));
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(headers['content-encoding'], 'zstd');
    const decoded = await decodeBody(await buffer(stream), 'zstd', 1e6);
    assert.deepEqual(JSON.parse(String(decoded)), ALL);
  });

  it('is compressed for the fetch API too', async () => {
    const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const request = new Request('http://gateway/graphql', { method: 'POST', headers, body: asking(MANY) });
    const response = await served.fetch(request);
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.equal(response.headers.get('vary'), 'accept-encoding, Origin');
    assert.deepEqual(JSON.parse(gunzipSync(await response.arrayBuffer()).toString()), ALL);
  });

  it('that is the page of GraphiQL is a fraction of it', async () => {
    const headers = { accept: 'text/html', 'accept-encoding': 'br' };
    const pages = await Promise.all([1, 2].map(() => send(`${served.origin}/graphql`, headers)));
    for (const { headers: got, raw, text } of pages) {
      assert.equal(got['content-encoding'], 'br');
      assert.match(text, /<\/html>/);
      assert.ok(raw.length < text.length / 3);
    }
    assert.ok(pages[0]?.raw.equals(pages[1]?.raw as Buffer));
  });

  it('has no coding and no word of it where the config does not want it', async () => {
    const { headers, text } = await send(`${plain.origin}/graphql`, { 'accept-encoding': 'gzip' }, asking(MANY));
    assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, undefined]);
    assert.deepEqual(JSON.parse(text), ALL);
  });
});

describe('a GraphQL request with a content coding', { timeout: 60_000 }, () => {
  let served: Served;
  let measuring: Served;
  before(async () => {
    const limits = (mode: string) => ({ limits: { body_size: { max: '4KiB', mode } } });
    served = await serveGateway({ lamps: LAMPS }, { graphql: limits('enforce') });
    measuring = await serveGateway({ lamps: LAMPS }, { graphql: limits('measure') });
  });
  after(() => Promise.all([served.close(), measuring.close()]));
  const question = asking('query One($name: String) { one(name: $name) }', { name: 'Łamp' });
  const ask = (coding: string, body: string | Buffer, { origin } = served) =>
    send(`${origin}/graphql`, { 'content-encoding': coding }, body);

  for (const [coding, encode] of [
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', Buffer.from],
    ['gzip, br', (body: string) => brotliCompressSync(gzipSync(body))],
  ] as [string, (body: string) => Buffer][]) {
    it(`of ${coding} is read`, async () => {
      const { status, text } = await ask(coding, encode(question));
      assert.deepEqual([status, JSON.parse(text)], [200, { data: { one: 'Łamp' } }]);
    });
  }

  it('that nobody knows is refused, and told which ones there are', async () => {
    const { status, headers, text } = await ask('snappy', question);
    assert.equal(status, 415);
    assert.equal(headers['accept-encoding'], 'gzip, deflate, br, zstd');
    assert.equal(JSON.parse(text).errors[0].extensions.code, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('that it is not in is refused', async () => {
    const { status, text } = await ask('gzip', question);
    assert.deepEqual([status, JSON.parse(text).errors[0].extensions.code], [400, 'MALFORMED_BODY']);
  });

  it('may not become larger than a request may be', async () => {
    const large = asking('query One($name: String) { one(name: $name) }', { name: 'x'.repeat(5_000) });
    const bomb = zstdCompressSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    for (const [coding, body] of [
      ['gzip', gzipSync(large)],
      ['zstd', zstdCompressSync(large)],
      ['br, gzip', gzipSync(brotliCompressSync(large))],
    ] as const) {
      assert.ok(body.length < 1_000);
      const { status, text } = await ask(coding, body);
      assert.deepEqual([status, JSON.parse(text).errors[0].extensions.code], [413, 'CONTENT_TOO_LARGE'], coding);
    }
    // Where the limit is only measured, what a request may become still has an end.
    assert.equal((await ask('gzip', gzipSync(large), measuring)).status, 200);
    assert.match(await measuring.metrics(), /weir_graphql_limits_total\{[^}]*body_size[^}]*\} 1/);
    assert.equal((await ask('zstd', bomb, measuring)).status, 413);
    assert.equal((await ask('gzip', gzipSync(bomb), measuring)).status, 400);
  });

  it('is read for the fetch API too', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const body = new Uint8Array(gzipSync(question));
    const response = await served.fetch(new Request('http://gateway/graphql', { method: 'POST', headers, body }));
    assert.deepEqual(await response.json(), { data: { one: 'Łamp' } });
  });
});
