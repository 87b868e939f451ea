import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { createUpstreams, type Upstreams } from '../../src/transport/create-upstreams.ts';
import { GET, POST } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';

function track(t: TestContext): (upstreams: Upstreams) => Upstreams {
  return (upstreams) => {
    t.after(() => upstreams.close());
    return upstreams;
  };
}

test('connections, breaker and health of what is unchanged survive a reload', async (t) => {
  const keep = track(t);
  const ports = new Set<number | undefined>();
  const server = await startServer(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(request.url === '/bad' ? 503 : 200).end();
  });
  const config = { name: 'catalog', endpoints: [{ url: server.url }], ...transportSchema.parse({ retry: false }) };
  const first = keep(createUpstreams([config]));
  for (let i = 0; i < 4; i++) await first.get('catalog')?.send({ ...POST, path: '/bad' }, contextOf());
  const before = new Set(ports);
  const second = keep(createUpstreams([{ ...config, timeoutMs: 5_000 }], {}, first));
  await second.get('catalog')?.send({ ...POST, path: '/bad' }, contextOf());
  assert.equal(second.get('catalog')?.state.breaker?.state.kind, 'open', 'the fifth failure in a row');
  assert.deepEqual(ports, before, 'no new connection was made');
});

test('requests of the former generation go on until it is closed, and new ones reach what is new', async (t) => {
  const keep = track(t);
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const old = await startServer(t, (request, response) => {
    if (request.url !== '/slow') {
      response.end('old');
      return;
    }
    arrived.resolve();
    gate.promise.then(() => response.end('old'));
  });
  const fresh = await startServer(t, (_, response) => response.end('new'));
  const first = keep(createUpstreams([{ name: 'catalog', endpoints: [{ url: old.url }] }]));
  const slow = first.get('catalog')?.send({ ...GET, path: '/slow' }, contextOf());
  await arrived.promise;
  const second = keep(createUpstreams([{ name: 'catalog', endpoints: [{ url: fresh.url }] }], {}, first));
  assert.equal((await second.get('catalog')?.send(GET, contextOf()))?.body, 'new');
  assert.equal((await first.get('catalog')?.send(GET, contextOf()))?.body, 'old', 'a graph in use still fetches');
  const closed = first.close();
  gate.resolve();
  assert.equal((await slow)?.body, 'old');
  await closed;
  await assert.rejects(async () => first.get('catalog')?.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
});

test('a config that cannot be used leaves the former generation as it is', async (t) => {
  const keep = track(t);
  const server = await startServer(t, (_, response) => response.end('ok'));
  const good = { name: 'catalog', endpoints: [{ url: server.url, weight: 1 }] };
  const first = keep(createUpstreams([good]));
  const bad = {
    name: 'other',
    endpoints: good.endpoints,
    ...transportSchema.parse({ tls: { ca: '/nowhere/ca.pem' } }),
  };
  assert.throws(
    () => createUpstreams([{ ...good, endpoints: [{ url: server.url, weight: 9 }] }, bad], {}, first),
    /ENOENT/,
  );
  assert.equal(first.get('catalog')?.state.endpoints[0]?.weight, 1);
  assert.equal((await first.get('catalog')?.send(GET, contextOf()))?.body, 'ok');
});

test('a canary keeps its place over a reload, without a moment at another weight', async (t) => {
  const keep = track(t);
  const config = (weight: number) => ({
    name: 'catalog',
    endpoints: [
      { url: 'http://127.0.0.1:1', version: 'v1' },
      { url: 'http://127.0.0.1:2', version: 'v2' },
    ],
    ...transportSchema.parse({ canary: { version: 'v2', weight, judge: {} } }),
  });
  const first = keep(createUpstreams([config(25)]));
  await first.get('catalog')?.ready;
  const second = keep(createUpstreams([config(1)], {}, first));
  assert.equal(second.get('catalog')?.state.split?.weight, 25);
  await second.get('catalog')?.ready;
  assert.equal(second.get('catalog')?.state.split?.weight, 25);
});
