import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { createUpstream } from '../../src/transport/create-upstream.ts';
import type { Upstream } from '../../src/transport/upstream.ts';
import type { UpstreamTransportConfig } from '../../src/transport/upstream-config.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';

function reach(t: TestContext, url: string, config: Partial<UpstreamTransportConfig> = {}): Upstream {
  const upstream = createUpstream({ name: 'catalog', endpoints: [{ url }], retry: false, ...config });
  t.after(() => upstream.close());
  return upstream;
}

/** A server that speaks bytes, not HTTP. */
async function startRaw(t: TestContext, onSocket: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a request reaches the base path of the endpoint, and its answer comes back whole', async (t) => {
  const server = await startServer(t, (_, response) => {
    response.setHeader('x-many', ['a', 'b']);
    response.end('žluťoučký kůň');
  });
  const upstream = reach(t, `${server.url}/base`);
  const answer = await upstream.send(
    { method: 'POST', path: '/items?q=1', headers: { 'content-type': 'text/plain' }, body: 'ďábel' },
    contextOf(),
  );
  assert.equal(answer.status, 200);
  assert.equal(answer.body, 'žluťoučký kůň');
  assert.deepEqual(answer.headers['x-many'], ['a', 'b']);
  const [seen] = server.requests;
  assert.equal(seen?.url, '/base/items?q=1');
  assert.equal(seen?.body, 'ďábel');
  assert.equal(seen?.headers['accept-encoding'], 'identity');
  assert.equal(seen?.headers['x-request-id'], '0190a0b0-0000-7000-8000-000000000001');
});

test('an empty path means the URL of the endpoint itself', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  for (const [url, path, seen] of [
    [`${server.url}/graphql`, '', '/graphql'],
    [server.url, '', '/'],
    [`${server.url}/`, '/x', '/x'],
    [server.url, '?a=1', '/?a=1'],
  ] as const) {
    await reach(t, url).send({ method: 'GET', path, headers: {} }, contextOf());
    assert.equal(server.requests.at(-1)?.url, seen);
  }
});

test('latin1 keeps every byte of both bodies as one character', async (t) => {
  const server = await startServer(t, (_, response) => response.end('ů'));
  const answer = await reach(t, server.url).send(
    { method: 'POST', path: '', headers: {}, body: '\u00c5\u00af', encoding: 'latin1' },
    contextOf(),
  );
  assert.equal(server.requests[0]?.body, 'ů');
  assert.equal(answer.body, '\u00c5\u00af');
});

test('header rules send, forward, rename, default and match', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  const upstream = reach(t, server.url, {
    headers: {
      send: { 'X-Api-Key': 'secret' },
      forward: [
        'authorization',
        { name: 'x-tenant', as: 'x-customer', default: 'none' },
        { name: 'x-absent', default: 'd' },
        { matching: '^x-feature-' },
        { matching: '^(host|content-length|x-api-key)$' },
      ],
    },
  });
  const headers = {
    authorization: 'Bearer t',
    'x-tenant': 'acme',
    'x-feature-a': '1',
    'x-other': '1',
    'x-api-key': 'stolen',
    host: 'evil',
    'content-length': '3',
  };
  await upstream.send(
    { method: 'GET', path: '', headers: { 'x-api-key': 'own', accept: 'a/b' } },
    contextOf({ headers }),
  );
  const seen = server.requests[0]?.headers;
  assert.equal(seen?.['x-api-key'], 'secret');
  assert.equal(seen?.authorization, 'Bearer t');
  assert.equal(seen?.['x-customer'], 'acme');
  assert.equal(seen?.['x-tenant'], undefined);
  assert.equal(seen?.['x-absent'], 'd');
  assert.equal(seen?.['x-feature-a'], '1');
  assert.equal(seen?.['x-other'], undefined);
  assert.equal(seen?.accept, 'a/b');
  assert.equal(seen?.host, `127.0.0.1:${server.port}`);
  assert.equal(seen?.['content-length'], undefined);
});

test('the trace of the client goes on, and the remaining time is told', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  const traceContext = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  });
  const deadlineMs = performance.now() + 5_000;
  await reach(t, server.url).send({ method: 'GET', path: '', headers: {} }, contextOf({ traceContext, deadlineMs }));
  const seen = server.requests[0]?.headers;
  assert.equal(seen?.traceparent, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  const remaining = Number(seen?.['x-request-deadline-ms']);
  assert.ok(remaining > 3_000 && remaining <= 5_000, `got ${remaining}`);
});

test('connections are kept', async (t) => {
  const ports = new Set<number | undefined>();
  const server = await startServer(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  const upstream = reach(t, server.url);
  for (let i = 0; i < 5; i++) await upstream.send({ method: 'POST', path: '', headers: {}, body: 'x' }, contextOf());
  // A connection is free again one turn of the event loop after its answer, so two take turns.
  assert.ok(ports.size <= 2, `got ${ports.size} connections`);
});

test('a refused connection is UPSTREAM_UNAVAILABLE', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await assert.rejects(
    reach(t, `http://127.0.0.1:${port}`).send({ method: 'GET', path: '', headers: {} }, contextOf()),
    { code: 'UPSTREAM_UNAVAILABLE', upstream: 'catalog' },
  );
});

test('a reset in the middle of the answer is UPSTREAM_UNAVAILABLE', async (t) => {
  const url = await startRaw(t, (socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
      setImmediate(() => socket.resetAndDestroy());
    }),
  );
  await assert.rejects(reach(t, url).send({ method: 'GET', path: '', headers: {} }, contextOf()), {
    code: 'UPSTREAM_UNAVAILABLE',
  });
});

test('an answer that is not HTTP, or ends early, is refused', async (t) => {
  for (const bytes of [
    'SSH-2.0-OpenSSH_9.6\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc',
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
  ]) {
    const url = await startRaw(t, (socket) => socket.once('data', () => socket.end(bytes)));
    await assert.rejects(reach(t, url).send({ method: 'GET', path: '', headers: {} }, contextOf()), (error: Error) => {
      assert.ok(
        ['UPSTREAM_BAD_RESPONSE', 'UPSTREAM_UNAVAILABLE'].includes((error as { code?: string }).code ?? ''),
        bytes,
      );
      return true;
    });
  }
});

test('an answer above traffic.max_body is UPSTREAM_BAD_RESPONSE, declared or not', async (t) => {
  const server = await startServer(t, (request, response) => {
    if (request.url === '/declared') response.setHeader('content-length', 2_000);
    response.write('x'.repeat(1_000));
    response.end('x'.repeat(1_000));
  });
  const upstream = reach(t, server.url, { traffic: { maxBodyBytes: 1_500 } });
  for (const path of ['/declared', '/chunked']) {
    await assert.rejects(upstream.send({ method: 'GET', path, headers: {} }, contextOf()), {
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  }
});

test('a request may allow its answer less than the upstream may send, and not more', async (t) => {
  const server = await startServer(t, (_, response) => response.end('x'.repeat(1_000)));
  const upstream = reach(t, server.url, { traffic: { maxBodyBytes: 1_500 } });
  const send = (maxBodyBytes: number) =>
    upstream.send({ method: 'GET', path: '', headers: {}, maxBodyBytes }, contextOf());
  await assert.rejects(send(999), { code: 'UPSTREAM_BAD_RESPONSE' });
  assert.equal((await send(1_000)).body.length, 1_000);
  const strict = reach(t, server.url, { traffic: { maxBodyBytes: 500 } });
  await assert.rejects(strict.send({ method: 'GET', path: '', headers: {}, maxBodyBytes: 1_000 }, contextOf()), {
    code: 'UPSTREAM_BAD_RESPONSE',
  });
});

test('a slow answer is UPSTREAM_TIMEOUT, and DEADLINE_EXCEEDED when the client has less time', async (t) => {
  const server = await startServer(t, () => {});
  const request = { method: 'GET', path: '', headers: {} };
  await assert.rejects(reach(t, server.url, { timeoutMs: 30 }).send(request, contextOf()), {
    code: 'UPSTREAM_TIMEOUT',
  });
  await assert.rejects(reach(t, server.url).send(request, contextOf({ deadlineMs: performance.now() + 30 })), {
    code: 'DEADLINE_EXCEEDED',
  });
  await assert.rejects(reach(t, server.url).send(request, contextOf({ deadlineMs: performance.now() - 1 })), {
    code: 'DEADLINE_EXCEEDED',
  });
  assert.equal(server.requests.length, 2);
});

test('the leaving of the client closes the connection to the upstream and leaves no listener', async (t) => {
  const closed = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await startServer(t, (request) => {
    request.socket.once('close', () => closed.resolve());
    arrived.resolve();
  });
  const client = new AbortController();
  let listeners = 0;
  const { signal } = client;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...parameters: Parameters<typeof add>) => {
    listeners++;
    add(...parameters);
  };
  signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
    listeners--;
    remove(...parameters);
  };
  const answer = reach(t, server.url).send({ method: 'GET', path: '', headers: {} }, contextOf({ signal }));
  await arrived.promise;
  client.abort();
  await assert.rejects(answer, { code: 'CLIENT_CLOSED_REQUEST' });
  await closed.promise;
  assert.equal(listeners, 0);
});

test('a coded answer is decoded where the config asks for it, and a bomb is refused', async (t) => {
  const server = await startServer(t, (request, response) => {
    const plain = request.url === '/bomb' ? 'x'.repeat(1_000_000) : 'plain';
    response.setHeader('content-encoding', request.url === '/odd' ? 'odd' : 'gzip');
    response.end(gzipSync(plain));
  });
  const upstream = reach(t, server.url, {
    ...transportSchema.parse({ retry: false, connections: { compression: 'gzip' } }),
    traffic: { maxBodyBytes: 10_000 },
  });
  const answer = await upstream.send({ method: 'GET', path: '', headers: {} }, contextOf());
  assert.equal(server.requests[0]?.headers['accept-encoding'], 'gzip');
  assert.equal(answer.body, 'plain');
  assert.equal(answer.headers['content-encoding'], undefined);
  for (const path of ['/bomb', '/odd']) {
    await assert.rejects(upstream.send({ method: 'GET', path, headers: {} }, contextOf()), {
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  }
});
