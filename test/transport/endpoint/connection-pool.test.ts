import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { ResolveHost } from '../../../src/transport/endpoint/resolve-host.ts';
import { GET, reach } from '../reach.ts';
import { contextOf } from '../request-context.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** The same port on two loopback addresses: two hosts of one name. */
async function startPair(t: TestContext): Promise<{ port: number; answered: string[] }> {
  const answered: string[] = [];
  const start = async (address: string, port: number) => {
    const server = http.createServer((_, response) => {
      answered.push(address);
      response.end(address);
    });
    server.listen(port, address);
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  };
  const port = await start('127.0.0.1', 0);
  await start('127.0.0.2', port);
  return { port, answered };
}

test('a name that moves takes new requests along at once, kept connections or not', async (t) => {
  const { port } = await startPair(t);
  const clock = new VirtualClock();
  let address = '127.0.0.1';
  const resolve: ResolveHost = async () => ({ addresses: [{ address, family: 4 }], ttlMs: 30_000 });
  const { upstream, of } = reach(t, `http://service.test:${port}`, {}, { clock, resolve });
  const send = async () => (await upstream.send(GET, contextOf())).body;
  assert.equal(await send(), '127.0.0.1');
  address = '127.0.0.2';
  assert.equal(await send(), '127.0.0.1', 'within the TTL');
  await clock.pass(30_000);
  assert.equal(await send(), '127.0.0.2');
  assert.deepEqual(of('addresses')[0]?.addresses, ['127.0.0.2']);
});

test('a request on its way on the old address ends in peace', async (t) => {
  const clock = new VirtualClock();
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = http.createServer((_, response) => {
    arrived.resolve();
    gate.promise.then(() => response.end('late'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  let address = '127.0.0.1';
  const resolve: ResolveHost = async () => ({ addresses: [{ address, family: 4 }], ttlMs: 1_000 });
  const { port } = server.address() as AddressInfo;
  const { upstream } = reach(t, `http://service.test:${port}`, {}, { clock, resolve });
  const answer = upstream.send(GET, contextOf());
  await arrived.promise;
  address = '127.0.0.9';
  await clock.pass(1_000);
  gate.resolve();
  assert.equal((await answer).body, 'late');
});

test('connections are spread over all addresses of a name', async (t) => {
  const { port, answered } = await startPair(t);
  const resolve: ResolveHost = async () => ({
    addresses: [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ],
    ttlMs: 30_000,
  });
  const { upstream } = reach(t, `http://service.test:${port}`, {}, { resolve });
  await Promise.all(Array.from({ length: 10 }, () => upstream.send(GET, contextOf())));
  assert.equal(answered.filter((address) => address === '127.0.0.2').length, 5);
});

test('while the name server is out of reach the known addresses serve on', async (t) => {
  const { port } = await startPair(t);
  const clock = new VirtualClock();
  let asked = 0;
  const resolve: ResolveHost = async () => {
    if (asked++ > 0) throw new Error('SERVFAIL');
    return { addresses: [{ address: '127.0.0.1', family: 4 }], ttlMs: 1_000 };
  };
  const { upstream } = reach(t, `http://service.test:${port}`, {}, { clock, resolve });
  for (let i = 0; i < 3; i++) {
    assert.equal((await upstream.send(GET, contextOf())).body, '127.0.0.1');
    await clock.pass(6_000);
  }
  assert.ok(asked >= 3);
});

test('a name without addresses is UPSTREAM_UNAVAILABLE', async (t) => {
  const resolve: ResolveHost = () => Promise.reject(new Error('ENOTFOUND'));
  const { upstream } = reach(t, 'http://service.test:1', {}, { resolve });
  await assert.rejects(upstream.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
});
