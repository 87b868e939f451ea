import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Gradient } from '../../../src/transport/concurrency/gradient.ts';
import { Limiter } from '../../../src/transport/concurrency/limiter.ts';
import { VirtualClock } from '../virtual-clock.ts';

const create = (limit: number, queue: number) => {
  const clock = new VirtualClock();
  return { clock, limiter: new Limiter({ limit, queue, queueTimeoutMs: 1_000 }, clock) };
};
const { signal } = new AbortController();

test('above the limit requests wait, and get their turn in order', async () => {
  const { limiter, clock } = create(1, 10);
  assert.ok(limiter.tryAcquire());
  assert.ok(!limiter.tryAcquire());
  const order: number[] = [];
  const waits = [1, 2, 3].map((i) => limiter.acquire('normal', signal).then(() => order.push(i)));
  for (let i = 0; i < 3; i++) limiter.release();
  await Promise.all(waits);
  assert.deepEqual(order, [1, 2, 3]);
  assert.equal(limiter.running, 1);
  assert.equal(clock.pending, 0);
});

test('the higher class goes first, and takes the place of a lower one in a full queue', async () => {
  const { limiter } = create(1, 2);
  limiter.tryAcquire();
  const low1 = limiter.acquire('low', signal);
  const low2 = limiter.acquire('low', signal);
  assert.equal(await limiter.acquire('low', signal), 'queue_full');
  const high = limiter.acquire('high', signal);
  assert.equal(await low2, 'displaced');
  limiter.release();
  assert.equal(await high, undefined);
  limiter.release();
  assert.equal(await low1, undefined);
});

test('a wait ends with its time or its client, and leaves nothing behind', async () => {
  const { limiter, clock } = create(1, 10);
  limiter.tryAcquire();
  const client = new AbortController();
  const late = limiter.acquire('normal', signal);
  const left = limiter.acquire('normal', client.signal);
  client.abort();
  assert.equal(await left, 'aborted');
  clock.advance(1_000);
  assert.equal(await late, 'queue_timeout');
  assert.equal(limiter.waiting, 0);
  limiter.release();
  assert.equal(limiter.running, 0);
  assert.equal(clock.pending, 0);
});

test('turns are neither lost nor made, whatever happens', async () => {
  const action = fc.constantFrom('acquire', 'acquire_high', 'release', 'abort', 'pass', 'limit');
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 100 }), async (actions) => {
      const { limiter, clock } = create(3, 4);
      let held = 0;
      const clients: AbortController[] = [];
      for (const one of actions) {
        if (one === 'release' && held > 0) {
          held--;
          limiter.release();
        } else if (one === 'abort') {
          clients.shift()?.abort();
        } else if (one === 'pass') {
          clock.advance(400);
        } else if (one === 'limit') {
          limiter.limit = (held % 3) + 1;
        } else if (one.startsWith('acquire')) {
          if (limiter.tryAcquire()) held++;
          else {
            const client = new AbortController();
            clients.push(client);
            limiter.acquire(one === 'acquire' ? 'normal' : 'high', client.signal).then((refusal) => {
              if (refusal === undefined) held++;
            });
          }
        }
        await Promise.resolve();
        await Promise.resolve();
        assert.equal(limiter.running, held);
        assert.ok(limiter.waiting <= 4 && limiter.running <= 3);
      }
      limiter.limit = 3;
      clock.advance(1_000);
      await Promise.resolve();
      await Promise.resolve();
      for (; held > 0; held--) limiter.release();
      assert.equal(limiter.running, 0);
      assert.equal(limiter.waiting, 0);
      assert.equal(clock.pending, 0);
    }),
  );
});

test('the adaptive limit grows while answers keep their pace and falls when they slow down', () => {
  const gradient = new Gradient({ min: 8, max: 500, buffer: 0.25, window: 10 });
  const serve = (latencyMs: number, windows: number) => {
    for (let i = 0; i < windows * 10; i++) gradient.record(latencyMs, gradient.limit);
  };
  serve(10, 30);
  const high = gradient.limit;
  assert.ok(high > 100, `got ${high}`);
  serve(100, 10);
  assert.ok(gradient.limit < high / 2, `got ${gradient.limit}`);
  assert.ok(gradient.limit >= 8);
});

test('a limit that nobody reaches does not grow', () => {
  const gradient = new Gradient({ min: 8, max: 500, buffer: 0.25, window: 10 });
  for (let i = 0; i < 1_000; i++) gradient.record(10, 1);
  assert.equal(gradient.limit, 8);
});
