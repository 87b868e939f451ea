import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { WeirError } from '../../src/errors.ts';
import { GET, POST, reach } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';
import { VirtualClock } from './virtual-clock.ts';

async function refusingUrl(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const parse = (text: object) => transportSchema.parse(text);
const quick = parse({ retry: { base: '1ms', max: '2ms' } });

test('a read that fails with 503 is sent again, to another endpoint, and its client sees only the good answer', async (t) => {
  const bad = await startServer(t, (_, response) => response.writeHead(503).end());
  const good = await startServer(t, (_, response) => response.end('good'));
  const { upstream, of } = reach(t, [bad.url, good.url], quick);
  for (let i = 0; i < 20; i++) assert.equal((await upstream.send(GET, contextOf())).body, 'good');
  assert.equal(good.requests.length, 20);
  assert.equal(of('retry').length, bad.requests.length);
  assert.ok(bad.requests.length > 0);
});

test('a POST is not sent twice, unless nothing was sent or it has an Idempotency-Key', async (t) => {
  const bad = await startServer(t, (_, response) => response.writeHead(503).end());
  const one = reach(t, bad.url, quick);
  assert.equal((await one.upstream.send(POST, contextOf())).status, 503);
  assert.equal(bad.requests.length, 1);
  assert.equal(one.of('retry_suppressed')[0]?.reason, 'not_idempotent');

  await one.upstream.send({ ...POST, headers: { 'idempotency-key': 'k' } }, contextOf());
  assert.equal(bad.requests.length, 4);
  await one.upstream.send({ ...POST, idempotent: true }, contextOf({ signal: new AbortController().signal }));
  assert.ok(bad.requests.length > 4);

  const good = await startServer(t, (_, response) => response.end());
  const two = reach(t, [await refusingUrl(), good.url], quick);
  for (let i = 0; i < 10; i++) assert.equal((await two.upstream.send(POST, contextOf())).status, 200);
  assert.equal(good.requests.length, 10);
});

test('500, 501 and 4xx are never sent again', async (t) => {
  for (const status of [500, 501, 400, 404, 429]) {
    const server = await startServer(t, (_, response) => response.writeHead(status).end());
    assert.equal((await reach(t, server.url, quick).upstream.send(GET, contextOf())).status, status);
    assert.equal(server.requests.length, 1);
  }
});

test('retries end with the budget', async (t) => {
  const server = await startServer(t, (_, response) => response.writeHead(503).end());
  const { upstream, of } = reach(t, server.url, {
    ...parse({ retry: { base: '1ms', max: '1ms', budget_ratio: 0.2, budget_floor: 0 }, breaker: false }),
  });
  for (let i = 0; i < 100; i++) await upstream.send(GET, contextOf());
  assert.ok(server.requests.length <= 120, `got ${server.requests.length}`);
  assert.ok(of('retry_suppressed').some(({ reason }) => reason === 'budget'));
});

test('no retry starts that the deadline would cut off', async (t) => {
  const server = await startServer(t, (_, response) => response.writeHead(503).end());
  const { upstream, of } = reach(t, server.url, parse({ retry: { base: '10s', max: '10s' } }), { random: () => 0.9 });
  const answer = await upstream.send(GET, contextOf({ deadlineMs: performance.now() + 2_000 }));
  assert.equal(answer.status, 503);
  assert.equal(of('retry_suppressed')[0]?.reason, 'deadline');
});

test('an endpoint that asks for calm with Retry-After is not asked again at once', async (t) => {
  const server = await startServer(t, (_, response) => response.writeHead(503, { 'retry-after': '5' }).end());
  assert.equal((await reach(t, server.url, quick).upstream.send(GET, contextOf())).status, 503);
  assert.equal(server.requests.length, 1);
});

test('a slow try of a read is given up for another one, within the whole time', async (t) => {
  let slow = true;
  const server = await startServer(t, (_, response) => {
    if (!slow) response.end('quick');
    slow = false;
  });
  const { upstream } = reach(t, server.url, parse({ timeouts: { per_try: '50ms' }, retry: { base: '1ms' } }));
  assert.equal((await upstream.send(GET, contextOf())).body, 'quick');
});

test('a hedge starts beside a slow read, and the first good answer counts', async (t) => {
  const closed = Promise.withResolvers<void>();
  const slow = await startServer(t, (request) => request.socket.once('close', () => closed.resolve()));
  const quickServer = await startServer(t, (_, response) => response.end('quick'));
  const { upstream, of } = reach(t, [slow.url, quickServer.url], parse({ retry: { hedge_after: '10ms' } }), {
    random: () => 0,
  });
  assert.equal((await upstream.send(GET, contextOf())).body, 'quick');
  assert.equal(of('hedge').length, 1);
  await closed.promise;
  assert.ok(upstream.state.endpoints.every(({ inFlight }) => inFlight === 0));
});

test('five failures open the breaker: then 503 with Retry-After at once, and the upstream is left alone', async (t) => {
  let status = 503;
  const server = await startServer(t, (_, response) => response.writeHead(status).end());
  const clock = new VirtualClock();
  const { upstream, of } = reach(t, server.url, parse({ retry: false }), { clock });
  const context = () => contextOf();
  for (let i = 0; i < 5; i++) assert.equal((await upstream.send(POST, context())).status, 503);
  const refusal = {
    code: 'UPSTREAM_UNAVAILABLE',
    details: { reason: 'circuit_open', retryAfterSeconds: 30 },
  };
  await assert.rejects(upstream.send(POST, context()), refusal);
  await assert.rejects(upstream.stream({ ...POST, headers: [], body: null }, context()), refusal);
  assert.equal(server.requests.length, 5);
  clock.advance(30_000);
  status = 200;
  for (let i = 0; i < 3; i++) assert.equal((await upstream.send(POST, context())).status, 200);
  assert.deepEqual(
    of('breaker').map(({ to }) => to.kind),
    ['open', 'half_open', 'closed'],
  );
});

test('an aborted probe frees its slot for the next', async (t) => {
  let hang = false;
  const arrived = Promise.withResolvers<void>();
  const server = await startServer(t, (_, response) => {
    if (hang) arrived.resolve();
    else response.writeHead(503).end();
  });
  const clock = new VirtualClock();
  const { upstream } = reach(t, server.url, parse({ retry: false }), { clock });
  for (let i = 0; i < 5; i++) await upstream.send(POST, contextOf());
  clock.advance(30_000);
  hang = true;
  const client = new AbortController();
  const probe = upstream.send(POST, contextOf({ signal: client.signal }));
  await arrived.promise;
  await assert.rejects(upstream.send(POST, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
  client.abort();
  await assert.rejects(probe, { code: 'CLIENT_CLOSED_REQUEST' });
  hang = false;
  assert.equal((await upstream.send(POST, contextOf())).status, 503);
});

test('4xx and aborts by clients leave the breaker closed', async (t) => {
  const server = await startServer(t, (request, response) => {
    if (request.url === '/hang') return;
    response.writeHead(Number(request.url?.slice(1))).end();
  });
  const { upstream } = reach(t, server.url, parse({ retry: false }));
  for (const status of [400, 401, 404, 409, 429, 499]) {
    for (let i = 0; i < 6; i++) await upstream.send({ ...GET, path: `/${status}` }, contextOf());
  }
  for (let i = 0; i < 10; i++) {
    const answer = upstream.send({ ...GET, path: '/hang' }, contextOf({ signal: AbortSignal.timeout(2) }));
    await assert.rejects(answer, { code: 'CLIENT_CLOSED_REQUEST' });
  }
  assert.equal(upstream.state.breaker?.state.kind, 'closed');
});

test('clients that have left while the gateway was suspended speak against no upstream', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const server = await startServer(t, () => {
    if (server.requests.length === 6) arrived.resolve();
  });
  const clock = new VirtualClock();
  const { upstream } = reach(t, server.url, parse({ retry: false }), { clock });
  const client = new AbortController();
  const context = () => contextOf({ signal: client.signal, deadlineMs: 30_000 });
  const answers = Promise.allSettled(Array.from({ length: 6 }, () => upstream.send(GET, context())));
  await arrived.promise;
  clock.suspend(40_000);
  client.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
  const codes = (await answers).map((answer) => answer.status === 'rejected' && answer.reason.code);
  assert.deepEqual(new Set(codes), new Set(['CLIENT_CLOSED_REQUEST']));
  assert.equal(upstream.state.breaker?.state.kind, 'closed');
});

test('an upstream that hangs until the deadline opens the breaker too', async (t) => {
  const server = await startServer(t, () => {});
  const { upstream } = reach(t, server.url, { ...parse({ retry: false }), timeoutMs: 20 });
  for (let i = 0; i < 5; i++) {
    const answer = upstream.send(GET, contextOf({ deadlineMs: performance.now() + 15 }));
    await assert.rejects(answer, { code: 'DEADLINE_EXCEEDED' });
  }
  assert.equal(upstream.state.breaker?.state.kind, 'open');
});

test('an endpoint that keeps failing is left out, and comes back', async (t) => {
  const bad = await startServer(t, (_, response) => response.writeHead(502).end());
  const good = await startServer(t, (_, response) => response.end());
  const clock = new VirtualClock();
  const { upstream, of } = reach(
    t,
    [bad.url, good.url],
    parse({ retry: false, breaker: false, balance: { algorithm: 'round_robin' } }),
    { clock },
  );
  for (let i = 0; i < 30; i++) await upstream.send(GET, contextOf());
  assert.equal(bad.requests.length, 5);
  assert.equal(of('ejected').length, 1);
  clock.advance(30_000);
  for (let i = 0; i < 30; i++) await upstream.send(GET, contextOf());
  assert.equal(bad.requests.length, 10);
  assert.equal(of('ejected')[1]?.durationMs, 60_000, 'the second time in a row is longer');
});

test('active checks take an endpoint out and bring it back', async (t) => {
  let healthy = true;
  const checks: string[] = [];
  const flaky = await startServer(t, (request, response) => {
    if (request.url === '/health') checks.push('check');
    response.writeHead(request.url === '/health' && !healthy ? 500 : 200).end();
  });
  const stable = await startServer(t, (_, response) => response.end());
  const { upstream, of } = reach(
    t,
    [`${flaky.url}/base`, stable.url],
    parse({ health: { path: '/health', interval: '100ms', jitter: 0, rise: 2, fall: 3 } }),
  );
  const until = async (wanted: boolean) => {
    while (upstream.state.endpoints[0]?.healthy !== wanted) await new Promise((resolve) => setImmediate(resolve));
  };
  healthy = false;
  await until(false);
  const before = flaky.requests.filter(({ url }) => url === '/base').length;
  for (let i = 0; i < 10; i++) await upstream.send(GET, contextOf());
  assert.equal(flaky.requests.filter(({ url }) => url === '/base').length, before);
  healthy = true;
  await until(true);
  assert.deepEqual(
    of('health').map((event) => event.healthy),
    [false, true],
  );
  assert.ok(checks.length >= 5);
});

test('where no endpoint is healthy, they are all tried or none is, as configured', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  for (const [mode, works] of [
    ['try_all', true],
    ['fail', false],
  ] as const) {
    const { upstream, of } = reach(t, [server.url, `${server.url}/b`], parse({ when_all_unhealthy: mode }));
    for (const endpoint of upstream.state.endpoints) endpoint.judge(false, 0);
    if (works) {
      await upstream.send(GET, contextOf());
      assert.equal(of('all_unhealthy').length, 1);
    } else {
      await assert.rejects(upstream.send(GET, contextOf()), {
        code: 'UPSTREAM_UNAVAILABLE',
        details: { reason: 'no_healthy_endpoint' },
      });
    }
  }
});

test('above the limit requests wait, and beyond the queue they are shed with Retry-After', async (t) => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const server = await startServer(t, (_, response) => void gate.then(() => response.end()));
  const { upstream, of } = reach(t, server.url, parse({ concurrency: { limit: 2, queue: 1 } }));
  const running = [1, 2, 3].map(() => upstream.send(GET, contextOf()));
  await assert.rejects(upstream.send(GET, contextOf()), {
    code: 'UPSTREAM_UNAVAILABLE',
    details: { reason: 'overloaded', retryAfterSeconds: 1 },
  });
  assert.equal(of('shed')[0]?.reason, 'queue_full');
  open();
  for (const answer of await Promise.all(running)) assert.equal(answer.status, 200);
  assert.equal(upstream.state.limiter?.running, 0);
});

test('a streamed answer keeps its turn until its body ends', async (t) => {
  const server = await startServer(t, (_, response) => response.write('x'));
  const { upstream } = reach(t, server.url, parse({ concurrency: { limit: 1, queue: 0 } }));
  const answer = await upstream.stream({ method: 'GET', path: '', headers: [], body: null }, contextOf());
  await assert.rejects(upstream.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
  answer.body.destroy();
  await once(answer.body, 'close');
  assert.equal(upstream.state.limiter?.running, 0);
});

test('endpoints of the own zone come first, the others when those are gone', async (t) => {
  const near = await startServer(t, (_, response) => response.end());
  const far = await startServer(t, (_, response) => response.end());
  const { upstream } = reach(t, [], {
    ...parse({ balance: { zone: 'eu-1' } }),
    endpoints: [
      { url: far.url, zone: 'eu-2' },
      { url: near.url, zone: 'eu-1' },
    ],
  });
  for (let i = 0; i < 10; i++) await upstream.send(GET, contextOf());
  assert.equal(near.requests.length, 10);
  const own = upstream.state.endpoints[1];
  assert.ok(own);
  own.judge(false, 0);
  await upstream.send(GET, contextOf());
  assert.equal(far.requests.length, 1);
});

test('a client keeps to its endpoint by the cookie that the gateway signs', async (t) => {
  const servers = await Promise.all([1, 2, 3].map(() => startServer(t, (_, response) => response.end())));
  const { upstream } = reach(
    t,
    servers.map(({ url }) => url),
    parse({ balance: { affinity: { secret: 'a secret of some length' } } }),
  );
  const first = await upstream.send(GET, contextOf());
  const cookie = (first.headers['set-cookie'] as string[])[0]?.split(';')[0] as string;
  const bound = servers.find(({ requests }) => requests.length === 1);
  for (let i = 0; i < 20; i++) {
    const answer = await upstream.send(GET, contextOf({ headers: { cookie } }));
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  assert.equal(bound?.requests.length, 21);
});

test('streamed answers and WebSockets bind a client as well, and only one that is not bound', async (t) => {
  const service = await startServer(t, (_, response) => response.end());
  service.server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  const { upstream } = reach(t, service.url, parse({ balance: { affinity: { secret: 'a secret of some length' } } }));
  const cookieOf = (headers: readonly string[]) => headers[headers.indexOf('set-cookie') + 1]?.split(';')[0] ?? '';
  const request = { method: 'GET', path: '/', headers: [] } as const;

  const streamed = await upstream.stream({ ...request, body: null }, contextOf());
  const cookie = cookieOf(streamed.headers);
  assert.match(cookie, /^weir_affinity=./);
  streamed.body.resume();
  const opened = await upstream.upgrade({ ...request, protocol: 'websocket' }, contextOf());
  assert.match(cookieOf(opened.headers), /^weir_affinity=./);
  const again = await upstream.upgrade({ ...request, protocol: 'websocket' }, contextOf({ headers: { cookie } }));
  assert.ok(!again.headers.includes('set-cookie'));
  for (const answer of [opened, again]) if ('socket' in answer) answer.socket.destroy();
});

test('the canary gets its share, and an unhealthy one gives it back', async (t) => {
  const stable = await startServer(t, (_, response) => response.end('stable'));
  const canary = await startServer(t, (_, response) => response.end('canary'));
  const { upstream, of } = reach(t, [], {
    ...parse({ canary: { version: 'v2', weight: 50, key: ['address'] } }),
    endpoints: [
      { url: stable.url, version: 'v1' },
      { url: canary.url, version: 'v2' },
    ],
  });
  const of200 = async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => upstream.send(GET, contextOf({ clientAddress: `10.0.0.${i}` }))),
    );
    return answers.map(({ body }) => body);
  };
  const one = await of200();
  const share = one.filter((body) => body === 'canary').length;
  assert.ok(share > 70 && share < 130, `got ${share}`);
  assert.deepEqual(await of200(), one, 'every client stays where it is');
  const endpoint = upstream.state.endpoints[1];
  assert.ok(endpoint);
  endpoint.judge(false, 0);
  assert.ok((await of200()).every((body) => body === 'stable'));
  assert.equal(of('canary_fallback').length, share);
});

test('a request with less time than the fastest answer takes is refused at once, and the refusal heals itself', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  const clock = new VirtualClock();
  const { upstream, of } = reach(t, server.url, parse({ retry: false }), { clock });
  for (let i = 0; i < 20; i++) upstream.state.latency.record(50);
  clock.advance(5_000);
  await assert.rejects(upstream.send(GET, contextOf({ deadlineMs: clock.now() + 49 })), { code: 'DEADLINE_EXCEEDED' });
  assert.equal(of('refused')[0]?.reason, 'deadline');
  assert.equal(server.requests.length, 0);
  clock.advance(5_000);
  assert.equal((await upstream.send(GET, contextOf({ deadlineMs: clock.now() + 49 }))).status, 200);
});

test('the tier of an identity decides on its place in the queue', async (t) => {
  const held = Promise.withResolvers<void>();
  const server = await startServer(t, async (_, response) => {
    await held.promise;
    response.end();
  });
  const concurrency = { limit: 1, queue: 3, high_tiers: ['gold'], low_tiers: ['free'] };
  const { upstream, of } = reach(t, server.url, parse({ retry: false, concurrency }));
  const order: string[] = [];
  const send = async (tier: string | undefined, name = tier ?? 'none') => {
    const rest = { subject: name, kind: 'jwt', scopes: [], roles: [], claims: {} } as const;
    const identity = { ...rest, ...(tier !== undefined && { tier }) };
    await upstream.send({ ...GET, path: `/${name}` }, contextOf({ identity }));
    order.push(name);
  };
  const running = send(undefined, 'first');
  const refused = assert.rejects(send('free'), {
    code: 'UPSTREAM_UNAVAILABLE',
    details: { reason: 'overloaded', retryAfterSeconds: 1 },
  });
  const waiting = [send(undefined), send('silver'), send('gold')];
  await refused;
  assert.deepEqual(
    of('shed').map(({ priority }) => priority),
    ['low'],
  );
  held.resolve();
  await Promise.all([running, ...waiting]);
  assert.deepEqual(order, ['first', 'gold', 'none', 'silver']);
});
