import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { transportSchema } from '../../../src/config/schema/transport.ts';
import { GET, POST, reach } from '../reach.ts';
import { startServer } from '../recording-server.ts';
import { contextOf } from '../request-context.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { closed, OK, startRaw } from './raw-server.ts';

const STREAM = { method: 'GET', path: '', headers: [], body: null } as const;
const once1 = transportSchema.parse({ retry: false, connections: { max: 1 } });
const untried = transportSchema.parse({ retry: false });

test('one connection carries one request after the other', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url);
  for (let i = 0; i < 5; i++) assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.equal(server.sockets.length, 1);
});

test('bytes after an answer cost the connection, not the next request', async (t) => {
  const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
  const server = await startRaw(t, (socket, _, nth) => socket.write(nth === 0 ? OK + evil : OK));
  const { upstream } = reach(t, server.url, untried);
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  await closed(server.sockets[0]);
  assert.equal(server.sockets.length, 2);
});

test('bytes that no request asked for close an idle connection', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url, untried);
  await upstream.send(GET, contextOf());
  server.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
  await closed(server.sockets[0]);
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.equal(server.sockets.length, 2);
});

test('a connection that the service closes when idle is not used again', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url, untried);
  await upstream.send(GET, contextOf());
  server.sockets[0]?.end();
  await closed(server.sockets[0]);
  assert.equal((await upstream.send(POST, contextOf())).body, 'ok');
  assert.equal(server.sockets.length, 2);
});

test('an answer that asks to close, and one that ends with the connection, are the last on it', async (t) => {
  for (const [answer, ends] of [
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', false],
    ['HTTP/1.1 200 OK\r\n\r\nok', true],
  ] as const) {
    const server = await startRaw(t, (socket) => {
      if (ends) socket.end(answer);
      else socket.write(answer);
    });
    const { upstream } = reach(t, server.url);
    assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
    await closed(server.sockets[0]);
    assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
    assert.equal(server.sockets.length, 2);
  }
});

test('a malformed answer closes its connection and is UPSTREAM_BAD_RESPONSE', async (t) => {
  const server = await startRaw(t, (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  );
  const { upstream } = reach(t, server.url, untried);
  await assert.rejects(upstream.send(GET, contextOf()), { code: 'UPSTREAM_BAD_RESPONSE' });
  await closed(server.sockets[0]);
});

test('an idle connection is kept as long as the service says, less a margin, and at most as long as configured', async (t) => {
  for (const [line, keptMs] of [
    ['', 60_000],
    ['Keep-Alive: timeout=3\r\n', 2_000],
    ['Keep-Alive: max=9, timeout=75\r\n', 60_000],
    ['Keep-Alive: timeout=1\r\n', 0],
  ] as const) {
    const clock = new VirtualClock();
    const server = await startRaw(t, (socket) => socket.write(OK.replace('\r\n', `\r\n${line}`)));
    const { upstream } = reach(t, server.url, {}, { clock });
    await upstream.send(GET, contextOf());
    if (keptMs > 0) {
      clock.advance(keptMs - 1);
      await upstream.send(GET, contextOf());
      assert.equal(server.sockets.length, 1, line);
      clock.advance(keptMs);
    }
    await closed(server.sockets[0]);
    await upstream.send(GET, contextOf());
    assert.equal(server.sockets.length, 2, line);
  }
});

test('a connection of which the service may have let go takes only what may be repeated', async (t) => {
  for (const [line, restMs, config, request, isTaken] of [
    ['', 3_999, {}, POST, true],
    ['', 4_000, {}, POST, false],
    ['', 4_000, {}, { ...POST, idempotent: true }, true],
    ['', 4_000, {}, { ...POST, headers: { 'idempotency-key': '1' } }, true],
    ['', 59_999, {}, GET, true],
    ['', 4_000, untried, GET, false],
    ['Keep-Alive: timeout=9\r\n', 7_999, {}, POST, true],
  ] as const) {
    const clock = new VirtualClock();
    const server = await startRaw(t, (socket) => socket.write(OK.replace('\r\n', `\r\n${line}`)));
    const { upstream } = reach(t, server.url, config, { clock });
    await upstream.send(GET, contextOf());
    clock.advance(restMs);
    await upstream.send(request, contextOf());
    assert.equal(server.sockets.length, isTaken ? 1 : 2, `${line} ${restMs} ${request.method}`);
  }
});

test('a connection that rests is closed where it is in the way of one that is needed', async (t) => {
  const clock = new VirtualClock();
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url, transportSchema.parse({ connections: { max: 1 } }), { clock });
  await upstream.send(GET, contextOf());
  clock.advance(5_000);
  assert.equal((await upstream.send(POST, contextOf())).body, 'ok');
  await closed(server.sockets[0]);
  assert.equal(server.sockets.length, 2);
});

/** Ends the first connections with the request that comes on them for the second time, however that was meant. */
function startForgetful(t: TestContext, forgets: number) {
  const seen = new Map<net.Socket, string[]>();
  const server = startRaw(t, (socket, data) => {
    const requests = seen.get(socket) ?? [];
    seen.set(socket, [...requests, data.split(' ')[0] ?? '']);
    if (requests.length === 0 || [...seen.keys()].indexOf(socket) >= forgets) setImmediate(() => socket.write(OK));
    else socket.resetAndDestroy();
  });
  return server.then(({ url }) => ({ url, requests: () => [...seen.values()] }));
}

test('what meets kept connections that are dead is sent again, and the service has not failed', async (t) => {
  const together = 20;
  const clock = new VirtualClock();
  const server = await startForgetful(t, together);
  const { upstream, of } = reach(t, server.url, {}, { clock });
  const sendAll = () => Promise.all(Array.from({ length: together }, () => upstream.send(GET, contextOf())));
  await sendAll();
  clock.advance(30_000);
  for (const { body } of await sendAll()) assert.equal(body, 'ok');
  assert.equal(server.requests().length, 2 * together);
  assert.deepEqual(new Set(of('try').map(({ outcome, retry }) => `${outcome} ${retry}`)), new Set(['200 0']));
  assert.equal(upstream.state.breaker?.state.kind, 'closed');
});

test('there never are more connections than allowed, and requests are served in their order', async (t) => {
  const seen: string[] = [];
  const server = await startRaw(t, (socket, data) => {
    seen.push(/GET \/(\d+)/.exec(data)?.[1] ?? '');
    setImmediate(() => socket.write(OK));
  });
  const { upstream } = reach(t, server.url, once1);
  const answers = Array.from({ length: 10 }, (_, i) => upstream.send({ ...GET, path: `/${i}` }, contextOf()));
  await Promise.all(answers);
  assert.deepEqual(seen, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  assert.equal(server.sockets.length, 1);
});

test('a request that is given up while it waits is never sent', async (t) => {
  const seen: string[] = [];
  const server = await startRaw(t, (socket, data) => {
    seen.push(data.split(' ')[1] ?? '');
    if (data.startsWith('GET /free')) socket.write(OK);
  });
  const { upstream } = reach(t, server.url, once1);
  const first = new AbortController();
  const second = new AbortController();
  const hanging = upstream.send({ ...GET, path: '/hang' }, contextOf({ signal: first.signal }));
  const waiting = upstream.send({ ...GET, path: '/never' }, contextOf({ signal: second.signal }));
  while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  second.abort();
  await assert.rejects(waiting, { code: 'CLIENT_CLOSED_REQUEST' });
  const next = upstream.send({ ...GET, path: '/free' }, contextOf());
  first.abort();
  await assert.rejects(hanging, { code: 'CLIENT_CLOSED_REQUEST' });
  assert.equal((await next).body, 'ok');
  assert.deepEqual(seen, ['/hang', '/free']);
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
});

test('a client that leaves while the connection is made leaves nothing behind', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const resolved = Promise.withResolvers<void>();
  const { upstream } = reach(
    t,
    server.url.replace('127.0.0.1', 'service.test'),
    {},
    {
      resolve: async () => {
        await resolved.promise;
        return { addresses: [{ address: '127.0.0.1', family: 4 }], ttlMs: 30_000 };
      },
    },
  );
  const client = new AbortController();
  const answer = upstream.send(GET, contextOf({ signal: client.signal }));
  client.abort();
  await assert.rejects(answer, { code: 'CLIENT_CLOSED_REQUEST' });
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
  resolved.resolve();
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
});

test('an answer that is given up in the middle closes the connection; the next request gets its own', async (t) => {
  const server = await startRaw(t, (socket, _, nth) =>
    socket.write(nth === 0 ? 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf' : OK),
  );
  const { upstream } = reach(t, server.url, untried);
  const answer = await upstream.stream(STREAM, contextOf());
  answer.body.destroy();
  await closed(server.sockets[0]);
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
});

test('an answer before the end of the upload is the last on its connection', async (t) => {
  const server = await startRaw(t, (socket, _, nth) => {
    if (nth === 0) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    else if (server.sockets.length > 1) socket.write(OK);
  });
  const { upstream } = reach(t, server.url, untried);
  const upload = new PassThrough();
  upload.on('error', () => {});
  upload.write('first');
  const answer = await upstream.stream({ ...STREAM, method: 'POST', body: upload }, contextOf());
  assert.equal(answer.status, 413);
  await closed(server.sockets[0]);
  assert.ok(upload.destroyed);
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.equal(server.sockets.length, 2);
});

test('an upload that breaks off is not the failure of the upstream, and looks complete to nobody', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const server = await startRaw(t, () => arrived.resolve());
  const { upstream, of } = reach(t, server.url);
  const upload = new PassThrough();
  upload.write('first');
  const answer = upstream.stream({ ...STREAM, method: 'PUT', body: upload }, contextOf());
  await arrived.promise;
  upload.destroy(new Error('gone'));
  await assert.rejects(answer, { code: 'CLIENT_CLOSED_REQUEST' });
  await closed(server.sockets[0]);
  assert.equal(of('try')[0]?.outcome, 'aborted');
  const state = upstream.state.breaker?.state;
  assert.ok(state?.kind === 'closed' && state.failures === 0);
});

test('a whole upload that is here already leaves in one piece with its head', async (t) => {
  const pieces: string[] = [];
  const server = await startRaw(t, (socket, data) => {
    pieces.push(data);
    socket.write(OK);
  });
  const { upstream } = reach(t, server.url);
  const upload = new PassThrough();
  upload.end('abc');
  const answer = await upstream.stream(
    { ...STREAM, method: 'POST', headers: ['content-length', '3'], body: upload },
    contextOf(),
  );
  assert.equal(await text(answer.body), 'ok');
  assert.equal(pieces.length, 1);
  assert.ok(pieces[0]?.endsWith('\r\n\r\nabc'));
});

test('a slow service holds the upload back, and gets all of it in the end', async (t) => {
  const total = 32 * 1024 * 1024;
  let produced = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const upload = new Readable({
    read() {
      produced += chunk.length;
      this.push(produced > total ? null : chunk);
    },
  });
  const gate = Promise.withResolvers<void>();
  let received = 0;
  const server = http.createServer(async (request, response) => {
    await gate.promise;
    for await (const part of request) received += (part as Buffer).length;
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { upstream } = reach(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const answer = upstream.stream({ ...STREAM, method: 'POST', body: upload }, contextOf());
  let before = -1;
  // Until it stops by itself, since nobody reads.
  while (produced !== before) {
    before = produced;
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(produced < total / 2, `${produced} bytes were read without a receiver`);
  gate.resolve();
  assert.equal(await text((await answer).body), 'ok');
  assert.equal(received, total);
});

test('long answers of every framing come whole', async (t) => {
  const body = Buffer.alloc(3_000_000);
  for (let i = 0; i < body.length; i++) body[i] = (i * 31 + (i >> 8)) & 0xff;
  const server = await startServer(t, (request, response) => {
    if (request.url === '/length') response.setHeader('content-length', body.length);
    if (request.url === '/close') response.useChunkedEncodingByDefault = false;
    if (request.url === '/close') response.setHeader('connection', 'close');
    response.end(body);
  });
  const { upstream } = reach(t, server.url);
  for (const path of ['/length', '/chunked', '/close']) {
    const answer = await upstream.stream({ ...STREAM, path }, contextOf());
    const chunks: Buffer[] = [];
    for await (const part of answer.body) chunks.push(part as Buffer);
    assert.ok(Buffer.concat(chunks).equals(body), path);
    assert.equal((await upstream.send({ ...GET, path }, contextOf())).body, body.toString('utf8'));
  }
});

test('a small answer is there as a whole; a stream of it is the same', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url);
  assert.equal(String((await upstream.stream(STREAM, contextOf())).takeWhole()), 'ok');
  assert.equal(await text((await upstream.stream(STREAM, contextOf())).body), 'ok');
  const late = await startRaw(t, (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'));
  const answer = await reach(t, late.url).upstream.stream(STREAM, contextOf());
  assert.equal(answer.takeWhole(), undefined);
  late.sockets[0]?.write('ok');
  assert.equal(await text(answer.body), 'ok');
});

test('a silent body is given up, one that its reader holds back is not', async (t) => {
  const clock = new VirtualClock();
  const server = await startRaw(t, (socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${'x'.repeat(1_000_000)}`),
  );
  const { upstream } = reach(t, server.url, {}, { clock });
  const answer = await upstream.stream(STREAM, contextOf());
  const { body } = answer;
  while (body.readableLength < 64 * 1024) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(300_000);
  assert.ok(!body.destroyed, 'the reader is slow');
  let read = 0;
  body.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  while (read < 1_000_000) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(120_000);
  await assert.rejects(text(body), /timeout/);
  await closed(server.sockets[0]);
});

test('a head that is late is UPSTREAM_TIMEOUT', async (t) => {
  const clock = new VirtualClock();
  const arrived = Promise.withResolvers<void>();
  const server = await startRaw(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    arrived.resolve();
  });
  const config = transportSchema.parse({ retry: false, timeouts: { response_header: '2s' } });
  const answer = reach(t, server.url, config, { clock }).upstream.send(GET, contextOf());
  await arrived.promise;
  clock.advance(2_000);
  await assert.rejects(answer, { code: 'UPSTREAM_TIMEOUT' });
  await closed(server.sockets[0]);
});

test('a service that does not get through the handshake is UPSTREAM_UNAVAILABLE after the connect timeout', async (t) => {
  const server = await startRaw(t, () => {});
  const config = transportSchema.parse({ retry: false, connections: { connect_timeout: '30ms' } });
  const { upstream, of } = reach(t, server.url.replace('http:', 'https:'), config);
  await assert.rejects(upstream.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
  assert.equal(of('try')[0]?.outcome, 'connect');
  await closed(server.sockets[0]);
});

test('a request that may not be sent costs no connection and says nothing against the upstream', async (t) => {
  const server = await startRaw(t, (socket) => socket.write(OK));
  const { upstream } = reach(t, server.url);
  await assert.rejects(upstream.send({ ...GET, headers: { 'x-a': 'b\r\nevil: 1' } }, contextOf()), {
    code: 'INTERNAL_ERROR',
  });
  await assert.rejects(upstream.send({ ...GET, path: '/a b' }, contextOf()), { code: 'INTERNAL_ERROR' });
  assert.equal(server.sockets.length, 0);
});

test('close waits for what runs, and lets idle connections go at once', async (t) => {
  const gate = Promise.withResolvers<void>();
  const server = await startRaw(t, (socket, data) => {
    if (data.startsWith('GET /slow')) gate.promise.then(() => socket.write(OK));
    else socket.write(OK);
  });
  const { upstream } = reach(t, server.url);
  const slow = upstream.send({ ...GET, path: '/slow' }, contextOf());
  await upstream.send(GET, contextOf());
  let isClosed = false;
  const closing = upstream.close().then(() => {
    isClosed = true;
  });
  await closed(server.sockets[1]);
  assert.equal(isClosed, false);
  gate.resolve();
  assert.equal((await slow).body, 'ok');
  await closing;
  await closed(server.sockets[0]);
});

test('a POST on a kept connection that breaks before any answer is not sent again, a GET is once', async (t) => {
  const server = await startForgetful(t, 4);
  const { upstream, of } = reach(t, server.url, transportSchema.parse({ retry: { attempts: 1, base: '1ms' } }));
  await upstream.send(GET, contextOf());
  await assert.rejects(upstream.send(POST, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
  await upstream.send(GET, contextOf());
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.deepEqual(
    of('try').map(({ outcome, retry }) => `${outcome} ${retry}`),
    ['200 0', 'reset 0', '200 0', '200 0'],
  );
  assert.deepEqual(server.requests(), [['GET', 'POST'], ['GET', 'GET'], ['GET']]);
});

test('a kept connection that ends long after it got a request was not dead: that is a failure', async (t) => {
  const clock = new VirtualClock();
  const asked = Promise.withResolvers<net.Socket>();
  const server = await startRaw(t, (socket, _, nth) => {
    if (nth === 1) asked.resolve(socket);
    else socket.write(OK);
  });
  const { upstream, of } = reach(t, server.url, {}, { clock });
  await upstream.send(GET, contextOf());
  const answer = upstream.send(GET, contextOf());
  const socket = await asked.promise;
  clock.advance(1_001);
  socket.resetAndDestroy();
  while (of('retry').length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(1_000);
  assert.equal((await answer).body, 'ok');
  assert.deepEqual(
    of('try').map(({ outcome, retry }) => `${outcome} ${retry}`),
    ['200 0', 'reset 0', '200 1'],
  );
});

test('what meets two kept connections that are dead has failed', async (t) => {
  const server = await startForgetful(t, 2);
  const { upstream, of } = reach(t, server.url, transportSchema.parse({ retry: { attempts: 1, base: '1ms' } }));
  await Promise.all([upstream.send(GET, contextOf()), upstream.send(GET, contextOf())]);
  assert.equal((await upstream.send(GET, contextOf())).body, 'ok');
  assert.deepEqual(
    of('try').map(({ outcome, retry }) => `${outcome} ${retry}`),
    ['200 0', '200 0', 'reset 0', '200 1'],
  );
  assert.deepEqual(server.requests(), [['GET', 'GET'], ['GET', 'GET'], ['GET']]);
});

const ACTS = ['answer', 'pieces', 'surplus', 'chunked', 'close', 'reset', 'cut', 'silence'] as const;
type Act = (typeof ACTS)[number];

/** Answers with the path of the request, or with less, or with more. */
function act(socket: net.Socket, what: Act, path: string): void {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n`;
  switch (what) {
    case 'answer':
      socket.write(head + path);
      break;
    case 'pieces':
      for (const char of head + path) socket.write(char);
      break;
    case 'surplus':
      socket.write(`${head}${path}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
      break;
    case 'chunked':
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${path.length}\r\n${path}\r\n0\r\n\r\n`);
      break;
    case 'close':
      socket.end(`HTTP/1.1 200 OK\r\n\r\n${path}`);
      break;
    case 'reset':
      socket.resetAndDestroy();
      break;
    case 'cut':
      socket.end(head);
      break;
    case 'silence':
      break;
  }
}

test('whatever a service does, no request ever gets the answer to another', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...ACTS), { minLength: 20, maxLength: 20 }), async (plan) => {
      const server = await startRaw(t, (socket, data, nth) => {
        const path = data.split(' ')[1] ?? '';
        act(socket, plan[nth % plan.length] as Act, path);
      });
      const config = transportSchema.parse({ retry: false, breaker: false, connections: { max: 4 } });
      const { upstream } = reach(t, server.url, { ...config, timeoutMs: 50 });
      const one = async (i: number) => {
        const path = `/${i}`;
        const answer = await upstream.send({ ...GET, path }, contextOf()).catch(() => undefined);
        if (answer !== undefined) assert.equal(answer.body, path);
      };
      await Promise.all(Array.from({ length: 40 }, (_, i) => one(i)));
      assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
      await upstream.close();
    }),
    { numRuns: 15 },
  );
});
