import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transportSchema } from '../../../src/config/schema/transport.ts';
import type { Balancer } from '../../../src/transport/balance/balancer.ts';
import { EndpointChooser } from '../../../src/transport/balance/choose-endpoint.ts';
import { LeastRequests } from '../../../src/transport/balance/least-requests.ts';
import { Rendezvous } from '../../../src/transport/balance/rendezvous.ts';
import { RoundRobin } from '../../../src/transport/balance/round-robin.ts';
import { SlowStart } from '../../../src/transport/balance/slow-start.ts';
import { createUpstreams, type Upstreams } from '../../../src/transport/create-upstreams.ts';
import type { Endpoint } from '../../../src/transport/endpoint/endpoint.ts';
import type { HostAddress } from '../../../src/transport/endpoint/resolve-host.ts';
import { GET } from '../reach.ts';
import { startServer } from '../recording-server.ts';
import { contextOf } from '../request-context.ts';
import { seeded } from '../seeded.ts';
import { VirtualClock } from '../virtual-clock.ts';

const WINDOW_MS = 10_000;
const BALANCERS: Readonly<Record<string, () => Balancer>> = {
  'least requests': () => new LeastRequests(seeded(1)),
  'round robin': () => new RoundRobin(),
  hash: () => new Rendezvous(1_000, new RoundRobin()),
};

function endpointsOf(clock: VirtualClock, ...weights: number[]): readonly Endpoint[] {
  const endpoints = weights.map((weight, at) => ({ url: `http://127.0.0.1:${at + 1}`, weight }));
  const upstream = createUpstreams([{ name: 'catalog', endpoints, retry: false }], { clock }).get('catalog');
  return upstream?.state.endpoints ?? [];
}

/** The share of the last endpoint of many requests. */
function shareOfLast(endpoints: readonly Endpoint[], balancer: Balancer, nowMs: number): number {
  let users = 0;
  const chooser = new EndpointChooser({
    endpoints,
    balancer,
    hashKey: () => `user ${users++}`,
    affinity: undefined,
    slowStart: new SlowStart(WINDOW_MS),
    split: undefined,
    zone: undefined,
    whenAllUnhealthy: 'fail',
    epochMs: Date.now,
    onAllUnhealthy() {},
    onCanaryFallback() {},
  });
  const context = contextOf();
  let count = 0;
  for (let n = 0; n < 5_000; n++) if (chooser.choose(context, [], nowMs) === endpoints.at(-1)) count++;
  return count / 5_000;
}

const near = (got: number, wanted: number, what: string) =>
  assert.ok(Math.abs(got - wanted) < 0.02, `${what}: got ${got}, wanted ${wanted}`);

for (const [name, make] of Object.entries(BALANCERS)) {
  test(`by ${name}, an endpoint that was unhealthy gets its share step by step`, () => {
    const clock = new VirtualClock();
    const endpoints = endpointsOf(clock, 1, 1);
    const [, last] = endpoints as [Endpoint, Endpoint];
    near(shareOfLast(endpoints, make(), 0), 1 / 2, 'since the start');
    last.judge(false, 1_000);
    assert.equal(shareOfLast(endpoints, make(), 1_000), 0);
    last.judge(true, 5_000);
    for (const [afterMs, weight] of [
      [0, 0.1],
      [500, 0.1],
      [2_500, 0.25],
      [5_000, 0.5],
      [10_000, 1],
      [60_000, 1],
    ] as const) {
      near(shareOfLast(endpoints, make(), 5_000 + afterMs), weight / (1 + weight), `after ${afterMs} ms`);
    }
  });

  test(`by ${name}, one whose ejection is over does so too, by its own weight`, () => {
    const endpoints = endpointsOf(new VirtualClock(), 1, 3);
    const [, last] = endpoints as [Endpoint, Endpoint];
    last.eject(30_000);
    assert.equal(shareOfLast(endpoints, make(), 29_000), 0);
    near(shareOfLast(endpoints, make(), 30_000), 0.3 / 1.3, 'at its return');
    near(shareOfLast(endpoints, make(), 35_000), 1.5 / 2.5, 'half way');
    near(shareOfLast(endpoints, make(), 40_000), 3 / 4, 'at the end');
  });
}

test('an ejection that a check ends counts from then, one that is over from its own end', () => {
  const [early, late] = endpointsOf(new VirtualClock(), 1, 1) as [Endpoint, Endpoint];
  for (const endpoint of [early, late]) endpoint.eject(30_000);
  for (const [endpoint, nowMs] of [
    [early, 10_000],
    [late, 50_000],
  ] as const) {
    endpoint.judge(false, nowMs - 1);
    endpoint.judge(true, nowMs);
    assert.equal(endpoint.serviceMs(nowMs + 7), 7);
  }
  const [whole] = endpointsOf(new VirtualClock(), 1) as [Endpoint];
  whole.eject(30_000);
  whole.judge(true, 45_000);
  assert.equal(whole.serviceMs(50_000), 20_000);
});

test('an endpoint that a reload adds starts slowly, those that were there do not', (t) => {
  const clock = new VirtualClock();
  const config = (...urls: string[]) => ({
    name: 'catalog',
    endpoints: urls.map((url) => ({ url })),
    ...transportSchema.parse({ balance: { slow_start: '10s' } }),
  });
  const keep = (upstreams: Upstreams) => {
    t.after(() => upstreams.close());
    return upstreams;
  };
  const first = keep(createUpstreams([config('http://127.0.0.1:1')], { clock }));
  clock.advance(60_000);
  const second = keep(createUpstreams([config('http://127.0.0.1:1', 'http://127.0.0.1:2')], { clock }, first));
  second.takeOver();
  clock.advance(3_000);
  const [old, added] = second.get('catalog')?.state.endpoints ?? [];
  assert.equal(old?.serviceMs(clock.now()), Number.POSITIVE_INFINITY);
  assert.equal(added?.serviceMs(clock.now()), 3_000);
});

test('an endpoint whose name leads elsewhere starts slowly, unless some of the addresses stay', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  let addresses: readonly HostAddress[] = [];
  const put = (...all: string[]) => {
    addresses = all.map((address) => ({ address, family: 4 }));
  };
  put('127.0.0.1', '127.0.0.2');
  const clock = new VirtualClock();
  const upstreams = createUpstreams(
    [{ name: 'catalog', endpoints: [{ url: `http://catalog.test:${server.port}` }], retry: false }],
    { clock, resolve: async () => ({ addresses, ttlMs: 1_000 }) },
  );
  t.after(() => upstreams.close());
  const upstream = upstreams.get('catalog');
  const serviceMs = async () => {
    await upstream?.send(GET, contextOf({ deadlineMs: Number.POSITIVE_INFINITY })).catch(() => {});
    await clock.pass(1_000);
    return upstream?.state.endpoints[0]?.serviceMs(clock.now());
  };
  assert.equal(await serviceMs(), Number.POSITIVE_INFINITY);
  put('127.0.0.1', '127.0.0.3');
  assert.equal(await serviceMs(), Number.POSITIVE_INFINITY);
  put('127.0.0.4');
  assert.equal(await serviceMs(), 0);
});
