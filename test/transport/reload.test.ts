import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { createUpstreams, type Upstreams } from '../../src/transport/create-upstreams.ts';
import { GET, POST } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';
import { VirtualClock } from './virtual-clock.ts';

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
  second.takeOver();
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
  second.takeOver();
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

test('a generation that does not take over leaves the former one as it was: figures, checks, health', async (t) => {
  const keep = track(t);
  const clock = new VirtualClock();
  let isWell = true;
  const checks: string[] = [];
  const server = await startServer(t, (request, response) => {
    checks.push(request.url ?? '');
    response.writeHead(isWell ? 200 : 500).end();
  });
  const config = (weight: number, path: string, failures: number) => ({
    name: 'catalog',
    endpoints: [{ url: server.url, weight, version: `v${weight}` }, { url: `${server.url}/other` }],
    ...transportSchema.parse({
      health: { path, interval: '1s', jitter: 0, rise: 1, fall: 1 },
      breaker: { failures },
      concurrency: { limit: failures },
    }),
  });
  const first = keep(createUpstreams([config(1, '/first', 5)], { clock }));
  const second = createUpstreams([config(9, '/second', 1)], { clock }, first);
  const endpoint = first.get('catalog')?.state.endpoints[0];
  assert.deepEqual([endpoint?.weight, endpoint?.version], [1, 'v1']);
  await second.close();
  assert.equal(first.get('catalog')?.state.limiter?.limit, 5);
  isWell = false;
  await until(clock, () => endpoint?.healthy === false);
  isWell = true;
  await until(clock, () => endpoint?.healthy === true);
  assert.deepEqual([...new Set(checks)], ['/first']);
  assert.equal((await first.get('catalog')?.send(GET, contextOf()))?.status, 200);
});

test('a generation that takes over checks alone, by its own figures', async (t) => {
  const keep = track(t);
  const clock = new VirtualClock();
  const checks: string[] = [];
  const server = await startServer(t, (request, response) => {
    checks.push(request.url ?? '');
    response.end();
  });
  const config = (path: string, limit: number) => ({
    name: 'catalog',
    endpoints: [{ url: server.url, weight: limit }],
    ...transportSchema.parse({ health: { path, interval: '1s', jitter: 0 }, concurrency: { limit } }),
  });
  const first = keep(createUpstreams([config('/first', 5)], { clock }));
  await until(clock, () => checks.includes('/first'));
  const second = keep(createUpstreams([config('/second', 7)], { clock }, first));
  second.takeOver();
  await until(clock, () => checks.includes('/second'));
  const at = checks.indexOf('/second');
  await until(clock, () => checks.length > at + 2);
  assert.ok(!checks.slice(at).includes('/first'));
  assert.equal(second.get('catalog')?.state.limiter?.limit, 7);
  assert.equal(second.get('catalog')?.state.endpoints[0]?.weight, 7);
});

async function until(clock: VirtualClock, holds: () => boolean): Promise<void> {
  for (let n = 0; n < 100 && !holds(); n++) await clock.pass(500);
  assert.ok(holds());
}

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
  second.takeOver();
  assert.equal(second.get('catalog')?.state.split?.weight, 25);
  await second.get('catalog')?.ready;
  assert.equal(second.get('catalog')?.state.split?.weight, 25);
});
