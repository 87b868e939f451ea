import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { transportSchema } from '../../../src/config/schema/transport.ts';
import { GET, reach } from '../reach.ts';
import { startServer } from '../recording-server.ts';
import { contextOf } from '../request-context.ts';
import { VirtualClock } from '../virtual-clock.ts';

const INTERVAL_MS = 60_000;

/** An upstream whose canary fails, and what becomes of it within two intervals. */
async function failCanary(t: TestContext, webhook: string) {
  const stable = await startServer(t, (_, response) => response.end());
  const canary = await startServer(t, (_, response) => response.writeHead(500).end());
  const endpoints = [
    { url: stable.url, version: 'v1' },
    { url: canary.url, version: 'v2' },
  ];
  const judge = { steps: [50, 100], interval: `${INTERVAL_MS / 1_000}s`, min_samples: 20, max_failures: 2, webhook };
  const config = transportSchema.parse({ retry: false, breaker: false, canary: { version: 'v2', judge } });
  const clock = new VirtualClock();
  const { upstream, of } = reach(t, [], { endpoints, ...config }, { clock });
  await upstream.ready;
  for (let interval = 0; interval < 2; interval++) {
    for (let i = 0; i < 100; i++) await upstream.send(GET, contextOf({ clientAddress: `192.0.2.${i}` }));
    await clock.pass(INTERVAL_MS);
  }
  return { of };
}

test('decisions of the judge are posted to its webhook', async (t) => {
  const all = Promise.withResolvers<void>();
  const hook = await startServer(t, (_, response) => {
    response.writeHead(204).end();
    if (hook.requests.length === 3) all.resolve();
  });
  const { of } = await failCanary(t, `${hook.url}/canary`);
  await all.promise;
  const posted = hook.requests.map(({ method, url, headers, body }) => {
    assert.deepEqual([method, url, headers['content-type']], ['POST', '/canary', 'application/json']);
    return JSON.parse(body) as { upstream: string; decision: string; weight: number; version: string };
  });
  // Each goes its own way: they need not arrive in their order.
  const told = posted.map(({ upstream, decision, weight, version }) => `${upstream} ${version} ${decision} ${weight}`);
  assert.deepEqual(told.sort(), ['catalog v2 check_failed 50', 'catalog v2 roll_back 0', 'catalog v2 start 50']);
  assert.equal(of('webhook_failed').length, 0);
});

test('a webhook that refuses is told of, and decides nothing', async (t) => {
  const hook = await startServer(t, (_, response) => response.writeHead(500).end());
  const { of } = await failCanary(t, hook.url);
  while (of('webhook_failed').length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(of('webhook_failed')[0]?.error), /got status 500/);
  assert.deepEqual(
    of('canary_decision').map(({ decision }) => decision),
    ['start', 'check_failed', 'roll_back'],
  );
});
