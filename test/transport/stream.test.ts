import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../src/config/schema/transport.ts';
import type { StreamedResponse } from '../../src/transport/upstream.ts';
import { reach } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';
import { VirtualClock } from './virtual-clock.ts';

const GET = { method: 'GET', path: '', headers: [], body: null } as const;

/** A server whose listener sees the request before its body. */
async function startEager(
  t: TestContext,
  listener: http.RequestListener,
): Promise<{ url: string; server: http.Server }> {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('head, body and trailers come as they were sent', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.writeHead(201, 'Made', [
      ['X-One', '1'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Trailer', 'X-Sum'],
    ]);
    response.write('part ');
    response.addTrailers({ 'X-Sum': '42' });
    response.end('whole');
  });
  const { upstream } = reach(t, server.url);
  const answer = await upstream.stream({ ...GET, headers: ['X-Two', 'a', 'x-two', 'b'] }, contextOf());
  assert.equal(answer.status, 201);
  assert.equal(answer.statusText, 'Made');
  assert.deepEqual(answer.headers.slice(0, 6), ['X-One', '1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
  assert.equal(await text(answer.body), 'part whole');
  assert.deepEqual(answer.trailers(), ['X-Sum', '42']);
  assert.equal(server.requests[0]?.headers['x-two'], 'a, b');
});

test('1xx answers are told of before the answer', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.end('x');
  });
  const seen: unknown[] = [];
  const answer = await reach(t, server.url).upstream.stream(
    { ...GET, onInformational: (status, headers) => seen.push(status, ...headers) },
    contextOf(),
  );
  await text(answer.body);
  assert.deepEqual(seen, [103, 'Link', '</a.css>; rel=preload']);
});

test('HEAD and 204 have an empty body that ends', async (t) => {
  const server = await startServer(t, (request, response) => {
    if (request.method === 'HEAD') response.setHeader('content-length', '100');
    else response.statusCode = 204;
    response.end();
  });
  const { upstream } = reach(t, server.url);
  for (const method of ['HEAD', 'DELETE']) {
    assert.equal(await text((await upstream.stream({ ...GET, method }, contextOf())).body), '');
  }
});

test('an upload flows through, its length kept or chunked', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  const { upstream } = reach(t, server.url);
  const request = { ...GET, method: 'POST' };
  const one = await upstream.stream(
    { ...request, body: Readable.from([Buffer.from('ab'), Buffer.from('c')]) },
    contextOf(),
  );
  one.body.resume();
  const two = await upstream.stream(
    { ...request, headers: ['content-length', '3'], body: Readable.from([Buffer.from('abc')]) },
    contextOf(),
  );
  two.body.resume();
  assert.deepEqual(
    server.requests.map(({ body, headers }) => [body, headers['content-length'], headers['transfer-encoding']]),
    [
      ['abc', undefined, 'chunked'],
      ['abc', '3', undefined],
    ],
  );
});

test('an upload whose length is wrong is not passed off as complete', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<void>();
  const { url } = await startEager(t, (request) => {
    request.on('error', () => cut.resolve());
    request.on('data', () => arrived.resolve());
  });
  async function* tooShort() {
    yield Buffer.from('abc');
    await arrived.promise;
  }
  const { upstream } = reach(t, url, transportSchema.parse({ retry: false }));
  const answer = upstream.stream(
    { ...GET, method: 'POST', headers: ['content-length', '10'], body: Readable.from(tooShort()) },
    contextOf(),
  );
  await assert.rejects(answer, { name: 'WeirError' });
  await cut.promise;
});

test('a slow reader holds the upstream back', async (t) => {
  const chunk = Buffer.alloc(64 * 1024);
  const total = 64 * 1024 * 1024;
  let sent = 0;
  const server = await startServer(t, (_, response) => {
    const write = () => {
      while (sent < total) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', write);
          return;
        }
      }
      response.end();
    };
    write();
  });
  const answer = await reach(t, server.url).upstream.stream(GET, contextOf());
  let before = -1;
  // Until the server stops by itself, since nobody reads.
  while (sent !== before) {
    before = sent;
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < total / 2, `${sent} bytes were taken without a reader`);
  let received = 0;
  for await (const part of answer.body) received += (part as Buffer).length;
  assert.equal(received, total);
});

test('a reset in the middle of the body is an error of the body, not its end', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.write('half');
    setImmediate(() => response.socket?.resetAndDestroy());
  });
  const { upstream } = reach(t, server.url);
  const answer = await upstream.stream(GET, contextOf());
  await assert.rejects(text(answer.body));
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
});

test('a client that leaves closes the way to the upstream in every phase', async (t) => {
  const phases = {
    'while the upload runs': (request: http.IncomingMessage) => request.resume(),
    'while the answer is awaited': (request: http.IncomingMessage) => request.resume(),
    'while the body runs': (request: http.IncomingMessage, response: http.ServerResponse) => {
      request.resume();
      response.write('x');
    },
  };
  for (const [phase, act] of Object.entries(phases)) {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { url } = await startEager(t, (request, response) => {
      request.on('error', () => {});
      request.socket.once('close', () => closed.resolve());
      act(request, response);
      arrived.resolve();
    });
    const { upstream } = reach(t, url);
    const client = new AbortController();
    const upload = new PassThrough();
    upload.on('error', () => {});
    upload.write('first');
    const answer = upstream.stream(
      phase === 'while the upload runs' ? { ...GET, method: 'POST', body: upload } : GET,
      contextOf({ signal: client.signal }),
    );
    await arrived.promise;
    const streamed = phase === 'while the body runs' ? await answer : undefined;
    const failed = streamed === undefined ? answer : text(streamed.body);
    client.abort();
    await assert.rejects(failed);
    await closed.promise;
    assert.equal(upstream.state.endpoints[0]?.inFlight, 0, phase);
    assert.equal(upstream.state.limiter?.running, 0, phase);
    if (phase === 'while the upload runs') assert.ok(upload.destroyed);
  }
});

test('a stream that nothing was read of goes to another endpoint when the first refuses the connection', async (t) => {
  const dead = net.createServer().listen(0, '127.0.0.1');
  await once(dead, 'listening');
  const url = `http://127.0.0.1:${(dead.address() as AddressInfo).port}`;
  await new Promise((resolve) => dead.close(resolve));
  const server = await startServer(t, (_, response) => response.end());
  const { upstream, of } = reach(t, [url, server.url], {
    ...transportSchema.parse({ retry: { base: '1ms' }, balance: { algorithm: 'round_robin' } }),
  });
  const answer = await upstream.stream(
    { ...GET, method: 'POST', body: Readable.from([Buffer.from('abc')]) },
    contextOf(),
  );
  answer.body.resume();
  assert.equal(answer.status, 200);
  assert.equal(server.requests[0]?.body, 'abc');
  assert.equal(of('retry').length, 1);
});

test('events have no total time; only silence ends them', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  const clock = new VirtualClock();
  const { upstream } = reach(t, server.url, { timeoutMs: 30 }, { clock });
  const answer = await upstream.stream(GET, contextOf());
  assert.equal(String((await once(answer.body, 'data'))[0]), 'data: 1\n\n');
  clock.advance(59_999);
  assert.ok(!answer.body.destroyed);
  clock.advance(1);
  await assert.rejects(text(answer.body), /timeout/);
});

test('the whole time counts for other bodies', async (t) => {
  const server = await startServer(t, (_, response) => response.write('x'));
  const clock = new VirtualClock();
  const answer = await reach(t, server.url, { timeoutMs: 30 }, { clock }).upstream.stream(GET, contextOf());
  clock.advance(30);
  await assert.rejects(text(answer.body), /timeout/);
});

test('an early answer ends the upload', async (t) => {
  const { url } = await startEager(t, (_, response) => response.writeHead(413).end('too large'));
  const upload = new PassThrough();
  upload.on('error', () => {});
  upload.write('first');
  const { upstream } = reach(t, url);
  const answer = await upstream.stream({ ...GET, method: 'POST', body: upload }, contextOf());
  assert.equal(answer.status, 413);
  assert.equal(await text(answer.body), 'too large');
  assert.ok(upload.destroyed);
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
});

test('an upgrade hands the connection over, with what came first', async (t) => {
  const { url, server } = await startEager(t, (_, response) => response.end());
  server.on('upgrade', (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${request.headers.upgrade}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\nhello`,
    );
    socket.on('data', (data) => socket.end(data));
    socket.on('error', () => {});
  });
  const { upstream } = reach(t, url);
  const answer = await upstream.upgrade(
    { method: 'GET', path: '/ws', headers: ['sec-websocket-protocol', 'a, b'], protocol: 'websocket' },
    contextOf(),
  );
  assert.ok('socket' in answer);
  assert.ok(answer.headers.includes('graphql-transport-ws'));
  answer.socket.write(' world');
  assert.equal(upstream.state.endpoints[0]?.inFlight, 1);
  assert.equal(await text(answer.socket), 'hello world');
  answer.socket.destroy();
  await once(answer.socket, 'close');
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
});

test('an upstream that declines an upgrade answers in the ordinary way', async (t) => {
  const server = await startServer(t, (_, response) => response.writeHead(426).end('no'));
  const answer = await reach(t, server.url).upstream.upgrade({ ...GET, protocol: 'websocket' }, contextOf());
  assert.equal(answer.status, 426);
  assert.equal(await text((answer as StreamedResponse).body), 'no');
});
