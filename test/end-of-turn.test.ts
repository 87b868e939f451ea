import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { atEndOfTurn } from '../src/end-of-turn.ts';

test('tasks are done in their order, at the end of the turn', async () => {
  const done: number[] = [];
  for (let n = 0; n < 5; n++) atEndOfTurn({ endTurn: () => void done.push(n) });
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, [0, 1, 2, 3, 4]);
});

test('many are not kept waiting for the end of the turn, and none is done while it is handed over', async () => {
  const done: number[] = [];
  for (let n = 0; n < 100; n++) {
    atEndOfTurn({ endTurn: () => void done.push(n) });
    assert.ok(!done.includes(n));
  }
  assert.ok(done.length > 0);
  await nextTurn();
  assert.deepEqual(
    done,
    Array.from({ length: 100 }, (_, n) => n),
  );
});

test('a task that throws takes no other with it', () => {
  // In a process of its own, since the runner takes every error for one of a test.
  const program = `import { atEndOfTurn } from './src/end-of-turn.ts';
process.on('uncaughtException', ({ message }) => console.log(message));
atEndOfTurn({ endTurn: () => console.log('first') });
atEndOfTurn({ endTurn() { throw new Error('thrown'); } });
atEndOfTurn({ endTurn: () => console.log('last') });`;
  const cwd = join(import.meta.dirname, '..');
  const args = ['--input-type=module', '-e', program];
  assert.equal(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }), 'first\nthrown\nlast\n');
});
