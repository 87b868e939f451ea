import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CanarySplit } from '../../../src/transport/canary/canary-split.ts';
import { filePlaceStore, memoryPlaceStore, type PlaceStore } from '../../../src/transport/canary/place-store.ts';
import { Rollout } from '../../../src/transport/canary/rollout.ts';
import { seeded } from '../seeded.ts';
import { VirtualClock } from '../virtual-clock.ts';

const SETTINGS = {
  steps: [1, 5, 25, 50, 100],
  intervalMs: 60_000,
  minSamples: 100,
  confidence: 0.95,
  maxP95Ratio: 1.5,
  maxFailures: 2,
};

function create(store: PlaceStore, clock = new VirtualClock(), version = 'v2') {
  const split = new CanarySplit({ version, weight: 0, salt: 's', key: ['user'], cookie: 'session' }, seeded(1));
  const decisions: string[] = [];
  const errors: Error[] = [];
  const rollout = new Rollout({
    settings: SETTINGS,
    split,
    store,
    clock,
    epochMs: () => 1_800_000_000_000 + clock.now(),
    onDecision: ({ decision, weight }) => decisions.push(`${decision} ${weight}`),
    onError: (error) => errors.push(error),
  });
  const serve = (errorsOfCanary: number, count = 200) => {
    for (let i = 0; i < count; i++) {
      rollout.record('canary', i < errorsOfCanary, 20);
      rollout.record('stable', false, 20);
    }
  };
  return { split, rollout, decisions, errors, clock, serve };
}

async function temporaryFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-canary-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'deeper', 'canary.json');
}

test('a good canary goes up step by step and is promoted', async () => {
  const { rollout, serve, clock, decisions, split } = create(memoryPlaceStore(undefined));
  await rollout.start();
  assert.equal(split.weight, 1);
  for (let i = 0; i < 6; i++) {
    serve(0);
    await clock.pass(60_000);
  }
  assert.deepEqual(decisions, ['start 1', 'advance 5', 'advance 25', 'advance 50', 'promote 100']);
  assert.equal(split.weight, 100);
  rollout.stop();
  assert.equal(clock.pending, 0);
});

test('a bad canary is taken back after the second failed check, and stays back', async () => {
  const { rollout, serve, clock, decisions, split } = create(memoryPlaceStore(undefined));
  await rollout.start();
  serve(0);
  await clock.pass(60_000);
  serve(40);
  await clock.pass(60_000);
  assert.equal(split.weight, 5);
  serve(40);
  await clock.pass(60_000);
  serve(0);
  await clock.pass(60_000);
  assert.deepEqual(decisions, ['start 1', 'advance 5', 'check_failed 5', 'roll_back 0']);
  assert.equal(split.weight, 0);
  rollout.stop();
});

test('low traffic holds, and its samples add up over the intervals', async () => {
  const { rollout, serve, clock, decisions } = create(memoryPlaceStore(undefined));
  await rollout.start();
  for (let i = 0; i < 2; i++) {
    serve(0, 60);
    await clock.pass(60_000);
  }
  assert.deepEqual(decisions, ['start 1', 'hold 1', 'advance 5']);
  rollout.stop();
});

test('the place survives a restart', async (t) => {
  const file = await temporaryFile(t);
  const first = create(filePlaceStore(file));
  await first.rollout.start();
  first.serve(0);
  await first.clock.pass(60_000);
  await first.rollout.check();
  first.rollout.stop();
  assert.equal(JSON.parse(await readFile(file, 'utf8')).weight, 5);

  const second = create(filePlaceStore(file));
  await second.rollout.start();
  assert.equal(second.split.weight, 5);
  assert.deepEqual(second.decisions, ['adopt 5']);
  second.rollout.stop();

  const other = create(filePlaceStore(file), new VirtualClock(), 'v3');
  await other.rollout.start();
  assert.deepEqual(other.decisions, ['start 1'], 'another version starts over');
  other.rollout.stop();
});

test('a file that holds no place starts over', async (t) => {
  const file = await temporaryFile(t);
  const { rollout, decisions } = create(filePlaceStore(file));
  await rollout.start();
  rollout.stop();
  for (const text of ['', '{', 'null', '[]', '{"version":"v2","step":"x"}']) {
    await writeFile(file, text);
    const again = create(filePlaceStore(file));
    await again.rollout.start();
    again.rollout.stop();
    assert.deepEqual(again.decisions, ['start 1']);
  }
  assert.deepEqual(decisions, ['start 1']);
});

test('of two processes one decides, and the other adopts', async () => {
  const store = memoryPlaceStore(undefined);
  const clock = new VirtualClock();
  const one = create(store, clock);
  await one.rollout.start();
  const two = create(store, clock);
  await two.rollout.start();
  one.serve(0);
  two.serve(0);
  await clock.pass(60_000);
  assert.equal(one.split.weight, 5);
  assert.equal(two.split.weight, 5);
  assert.deepEqual([...one.decisions, ...two.decisions].toSorted(), ['adopt 1', 'adopt 5', 'advance 5', 'start 1']);
  one.rollout.stop();
  two.rollout.stop();
});

test('a store out of reach is told of, and the canary goes on', async () => {
  const broken: PlaceStore = {
    load: () => Promise.reject(new Error('down')),
    save: () => Promise.reject(new Error('down')),
  };
  const { rollout, serve, clock, decisions, errors } = create(broken);
  await rollout.start();
  serve(0);
  await clock.pass(60_000);
  assert.deepEqual(decisions, ['start 1', 'advance 5']);
  assert.ok(errors.length >= 2);
  rollout.stop();
});
