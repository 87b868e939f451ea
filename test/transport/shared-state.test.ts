import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../src/config/schema/transport.ts';
import type { ManagedUpstream } from '../../src/transport/create-upstream.ts';
import { RedisServer, skipRedis } from '../redis-server.ts';
import { GET, reach } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';

/** Turns the event loop until what comes over a socket has come. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function failuresOf({ state }: ManagedUpstream): number | undefined {
  const breaker = state.breaker?.state;
  return breaker?.kind === 'closed' ? breaker.failures : undefined;
}

async function startRedis(t: TestContext): Promise<RedisServer> {
  const redis = await RedisServer.start();
  t.after(() => redis.close());
  return redis;
}

const parse = (text: object) => transportSchema.parse({ retry: false, ...text });

test('what opens and closes a breaker in one process does so in all, and one of them probes', {
  skip: skipRedis,
}, async (t) => {
  const redis = await startRedis(t);
  let status = 503;
  const server = await startServer(t, (_, response) => response.writeHead(status).end());
  const config = parse({ redis: redis.url, breaker: { open: '300ms' } });
  const processes = [1, 2, 3].map(() => reach(t, server.url, config).upstream);
  await Promise.all(processes.map(({ ready }) => ready));
  const kinds = () => processes.map(({ state }) => state.breaker?.state.kind);
  const send = (i: number) =>
    processes[i]?.send(GET, contextOf()).then(
      ({ status: got }) => got,
      (error: { code: string }) => error.code,
    );

  // Five failures in a row among all: two here, two there, and the last.
  for (const i of [0, 0, 1, 1]) {
    const seen = server.requests.length + 1;
    const known = () => processes.every((upstream) => failuresOf(upstream) === seen);
    assert.equal(await send(i), 503);
    await until(known);
  }
  assert.equal(await send(2), 503);
  await until(() => kinds().every((kind) => kind === 'open'));
  assert.equal(await send(0), 'UPSTREAM_UNAVAILABLE');
  assert.equal(server.requests.length, 5);

  // A process that starts meanwhile leaves the upstream alone too.
  const late = reach(t, server.url, config).upstream;
  await late.ready;
  assert.equal(late.state.breaker?.state.kind, 'open');

  status = 200;
  await until(() => processes.every(({ state }) => state.breaker?.refuses() === false));
  const answers: unknown[] = [];
  while (kinds().some((kind) => kind !== 'closed')) {
    for (const i of [0, 1, 2]) answers.push(await send(i));
    await new Promise((resolve) => setImmediate(resolve));
    if (server.requests.length >= 8) await until(() => kinds().every((kind) => kind === 'closed'));
  }
  assert.ok(answers.includes(200));
  await until(() => late.state.breaker?.state.kind === 'closed');
});

test('a success anywhere ends the series of failures of all', { skip: skipRedis }, async (t) => {
  const redis = await startRedis(t);
  let status = 503;
  const server = await startServer(t, (_, response) => response.writeHead(status).end());
  const [one, two] = [1, 2].map(() => reach(t, server.url, parse({ redis: redis.url })).upstream);
  assert.ok(one && two);
  await Promise.all([one.ready, two.ready]);
  const failures = () => [one, two].map(failuresOf);
  for (let i = 1; i <= 4; i++) {
    await one.send(GET, contextOf());
    await until(() => failures().every((count) => count === i));
  }
  status = 200;
  await two.send(GET, contextOf());
  await until(() => failures().every((count) => count === 0));
});

test('without Redis each process goes by what it sees, and tells of it', { skip: skipRedis }, async (t) => {
  const redis = await startRedis(t);
  const server = await startServer(t, (_, response) => response.writeHead(503).end());
  const { upstream, of } = reach(t, server.url, parse({ redis: redis.url }));
  await upstream.ready;
  await redis.stop();
  for (let i = 0; i < 5; i++) assert.equal((await upstream.send(GET, contextOf())).status, 503);
  assert.equal(upstream.state.breaker?.state.kind, 'open');
  await until(() => of('shared_state_failed').length > 0);
});

test('the place of a canary is shared', { skip: skipRedis }, async (t) => {
  const redis = await startRedis(t);
  const config = {
    ...parse({ redis: redis.url, canary: { version: 'v2', weight: 25, judge: {} } }),
    endpoints: [
      { url: 'http://127.0.0.1:1', version: 'v1' },
      { url: 'http://127.0.0.1:2', version: 'v2' },
    ],
  };
  const one = reach(t, [], config);
  await one.upstream.ready;
  assert.equal(one.upstream.state.split?.weight, 25);
  const two = reach(t, [], {
    ...config,
    ...parse({ redis: redis.url, canary: { version: 'v2', weight: 1, judge: {} } }),
  });
  await two.upstream.ready;
  assert.equal(two.upstream.state.split?.weight, 25);
  assert.deepEqual(
    two.of('canary_decision').map(({ decision }) => decision),
    ['adopt'],
  );
});
