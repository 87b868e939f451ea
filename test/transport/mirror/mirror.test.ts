import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../../src/config/schema/transport.ts';
import { createUpstreams, type Upstreams } from '../../../src/transport/create-upstreams.ts';
import type { TransportEvent } from '../../../src/transport/events.ts';
import { GET, POST } from '../reach.ts';
import { startServer } from '../recording-server.ts';
import { contextOf } from '../request-context.ts';

type MirrorEvent = Extract<TransportEvent, { type: 'mirror' }>;

function create(
  t: TestContext,
  url: string,
  shadowUrl: string,
  mirror: object,
): { upstreams: Upstreams; next: () => Promise<MirrorEvent> } {
  const events: MirrorEvent[] = [];
  const upstreams = createUpstreams(
    [
      { name: 'catalog', endpoints: [{ url }], ...transportSchema.parse({ mirror: { to: 'next', ...mirror } }) },
      { name: 'next', endpoints: [{ url: shadowUrl }], ...transportSchema.parse({ retry: false }) },
    ],
    { onEvent: (event) => event.type === 'mirror' && events.push(event) },
  );
  t.after(() => upstreams.close());
  const next = async () => {
    while (events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return events.shift() as MirrorEvent;
  };
  return { upstreams, next };
}

test('a copy is compared with the answer, and its differences are named', async (t) => {
  const server = await startServer(t, (_, response) => response.end('{"id":1,"name":"a"}'));
  let body = '{"name":"a","id":1}';
  const shadow = await startServer(t, (_, response) => response.end(body));
  const { upstreams, next } = create(t, server.url, shadow.url, { compare: true });
  const send = () => upstreams.get('catalog')?.send({ ...GET, path: '/items/1', headers: { a: 'b' } }, contextOf());
  await send();
  assert.equal((await next()).outcome, 'same');
  assert.equal(shadow.requests[0]?.url, '/items/1');
  assert.equal(shadow.requests[0]?.headers['x-shadow'], '1');
  assert.equal(shadow.requests[0]?.headers.a, 'b');
  assert.equal(server.requests[0]?.headers['x-shadow'], undefined);
  body = '{"id":2,"name":"a"}';
  await send();
  assert.deepEqual((await next()).differences, [{ path: '/id', kind: 'value' }]);
});

test('a copy that hangs or fails is nothing to the client', async (t) => {
  const server = await startServer(t, (_, response) => response.end('ok'));
  const shadow = await startServer(t, () => {});
  const { upstreams, next } = create(t, server.url, shadow.url, { timeout: '20ms' });
  const answer = await upstreams.get('catalog')?.send(GET, contextOf({ signal: AbortSignal.timeout(5_000) }));
  assert.equal(answer?.body, 'ok');
  assert.equal((await next()).outcome, 'failed');
});

test('what is not safe is not copied unless it may be, and large bodies are dropped', async (t) => {
  const server = await startServer(t, (_, response) => response.end('ok'));
  const shadow = await startServer(t, (_, response) => response.end('ok'));
  const safe = create(t, server.url, shadow.url, {});
  await safe.upstreams.get('catalog')?.send(POST, contextOf());
  assert.equal(shadow.requests.length, 0);
  const unsafe = create(t, server.url, shadow.url, { unsafe: true, max_body: '10B' });
  await unsafe.upstreams.get('catalog')?.send(POST, contextOf());
  assert.equal((await unsafe.next()).outcome, 'sent');
  await unsafe.upstreams.get('catalog')?.send({ ...POST, body: 'x'.repeat(11) }, contextOf());
  assert.equal((await unsafe.next()).outcome, 'dropped');
  assert.equal(shadow.requests.length, 1);
});

test('streamed requests are copied where their body can be read twice', async (t) => {
  const server = await startServer(t, (_, response) => response.end('ok'));
  const shadow = await startServer(t, (_, response) => response.end('ok'));
  const { upstreams, next } = create(t, server.url, shadow.url, { unsafe: true });
  const answer = await upstreams
    .get('catalog')
    ?.stream({ method: 'POST', path: '/x', headers: ['A', '1', 'a', '2'], body: Buffer.from('ž') }, contextOf());
  answer?.body.resume();
  assert.equal((await next()).outcome, 'sent');
  assert.equal(shadow.requests[0]?.headers.a, '1, 2');
  assert.equal(shadow.requests[0]?.body, 'ž');
});
