import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { type Deadline, DeadlineQueue } from '../src/deadline-queue.ts';
import { systemClock } from '../src/transport/clock.ts';
import { VirtualClock } from './transport/virtual-clock.ts';

class Noted implements Deadline {
  dueMs = 0;
  earlier: Deadline | undefined;
  later: Deadline | undefined;
  readonly calls: number[] = [];
  onDue(nowMs: number): void {
    this.calls.push(nowMs);
  }
}

test('each deadline is called once when it is due, unless it was removed before', () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('add' as const), inMs: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ act: fc.constant('remove' as const), which: fc.nat() }),
    fc.record({ act: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new VirtualClock();
      const queue = new DeadlineQueue(clock);
      const all: { deadline: Noted; dueMs: number; removedMs: number }[] = [];
      for (const each of steps) {
        if (each.act === 'add') {
          const entry = { deadline: new Noted(), dueMs: clock.now() + each.inMs, removedMs: Number.POSITIVE_INFINITY };
          all.push(entry);
          queue.add(entry.deadline, entry.dueMs);
        } else if (each.act === 'remove') {
          const entry = all[each.which % Math.max(1, all.length)];
          if (entry === undefined) continue;
          queue.remove(entry.deadline);
          entry.removedMs = Math.min(entry.removedMs, clock.now());
        } else {
          clock.advance(each.ms);
        }
        for (const { deadline, dueMs, removedMs } of all) {
          const expected = dueMs <= clock.now() && removedMs >= dueMs ? [dueMs] : [];
          if (removedMs < dueMs || dueMs <= clock.now()) assert.deepEqual(deadline.calls, expected);
          else assert.deepEqual(deadline.calls, []);
        }
      }
      assert.ok(clock.pending <= 1);
    }),
    { numRuns: 500 },
  );
});

test('requests that end in time cost no timer of their own', () => {
  const clock = new VirtualClock();
  let timers = 0;
  const queue = new DeadlineQueue({
    now: () => clock.now(),
    setTimeout(callback: () => void, ms: number) {
      timers++;
      return clock.setTimeout(callback, ms);
    },
    clearTimeout: (timer) => clock.clearTimeout(timer),
  });
  for (let i = 0; i < 1_000; i++) {
    const deadline = new Noted();
    queue.add(deadline, clock.now() + 30_000);
    clock.advance(1);
    queue.remove(deadline);
  }
  assert.equal(timers, 1);
});

test('a deadline may be added again when it is due', () => {
  const clock = new VirtualClock();
  const queue = new DeadlineQueue(clock);
  const deadline = new Noted();
  deadline.onDue = (nowMs) => {
    deadline.calls.push(nowMs);
    queue.add(deadline, nowMs + 10);
  };
  queue.add(deadline, 10);
  clock.advance(35);
  assert.deepEqual(deadline.calls, [10, 20, 30]);
  queue.remove(deadline);
  clock.advance(100);
  assert.equal(deadline.calls.length, 3);
});

test('what came while the process was kept from running counts before what is due', async (t) => {
  const answering = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage('answer'));`;
  const worker = new Worker(answering, { eval: true });
  t.after(() => worker.terminate());
  await once(worker, 'online');
  const queue = new DeadlineQueue(systemClock);
  const answered = new Noted();
  const unanswered = new Noted();
  queue.add(answered, systemClock.now() + 50);
  queue.add(unanswered, systemClock.now() + 50);
  worker.once('message', () => queue.remove(answered));
  const answer = once(worker, 'message');
  // What follows an immediate in the loop of events is the timers.
  await new Promise((resolve) => setImmediate(resolve));
  worker.postMessage('question');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await answer;
  while (unanswered.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([answered.calls.length, unanswered.calls.length], [0, 1]);
});
