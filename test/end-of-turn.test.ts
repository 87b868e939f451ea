import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { atEndOfTurn } from '../src/end-of-turn.ts';

test('tasks are done in their order, at the end of the turn', async () => {
  const done: number[] = [];
  for (let n = 0; n < 5; n++) atEndOfTurn({ isInLine: false, endTurn: () => void done.push(n) });
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, [0, 1, 2, 3, 4]);
});

test('many are not kept waiting for the end of the turn, and none is done while it is handed over', async () => {
  const done: number[] = [];
  for (let n = 0; n < 100; n++) {
    atEndOfTurn({ isInLine: false, endTurn: () => void done.push(n) });
    assert.ok(!done.includes(n));
  }
  assert.ok(done.length > 0);
  await nextTurn();
  assert.deepEqual(
    done,
    Array.from({ length: 100 }, (_, n) => n),
  );
});

test('a task stands in line once', async () => {
  let times = 0;
  const task = { isInLine: false, endTurn: () => void times++ };
  for (let n = 0; n < 100; n++) atEndOfTurn(task);
  assert.equal(times, 0);
  await nextTurn();
  assert.equal(times, 1);
});

test('a task may stand in line again from when it is done, and is done once more', async () => {
  let times = 0;
  const task = {
    isInLine: false,
    endTurn() {
      times++;
      if (times === 3) return;
      for (let n = 0; n < 2; n++) atEndOfTurn(task);
    },
  };
  atEndOfTurn(task);
  const turns: number[] = [];
  for (let n = 0; n < 3; n++) {
    await nextTurn();
    turns.push(times);
  }
  assert.deepEqual(turns, [1, 2, 3]);
});

test('a task that is in line while others are done is done once', async () => {
  let times = 0;
  const second = { isInLine: false, endTurn: () => void times++ };
  atEndOfTurn({ isInLine: false, endTurn: () => atEndOfTurn(second) });
  atEndOfTurn(second);
  await nextTurn();
  await nextTurn();
  assert.equal(times, 1);
});

/** In a process of its own, since the runner takes every error for one of a test. */
function printed(program: string): string {
  const all = `import { atEndOfTurn } from './src/end-of-turn.ts';
process.on('uncaughtException', ({ message }) => console.log(message));
${program}`;
  const cwd = join(import.meta.dirname, '..');
  return execFileSync(process.execPath, ['--input-type=module', '-e', all], { cwd, encoding: 'utf8' });
}

test('a task that throws takes no other with it', () => {
  const program = `
atEndOfTurn({ isInLine: false, endTurn: () => console.log('first') });
atEndOfTurn({ isInLine: false, endTurn() { throw new Error('thrown'); } });
atEndOfTurn({ isInLine: false, endTurn: () => console.log('last') });`;
  assert.deepEqual(printed(program).split('\n').slice(0, -1).sort(), ['first', 'last', 'thrown']);
});

test('a task that throws is none of the business of the one that comes when many wait', () => {
  const program = `
const done = [];
atEndOfTurn({ isInLine: false, endTurn() { throw new Error('thrown'); } });
for (let n = 1; n <= 40; n++) atEndOfTurn({ isInLine: false, endTurn: () => done.push(n) });
console.log('handed over');
process.on('exit', () => console.log(done.length));`;
  assert.equal(printed(program), 'handed over\nthrown\n40\n');
});
