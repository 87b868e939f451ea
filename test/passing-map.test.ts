import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { PassingMap } from '../src/passing-map.ts';

test('it is a map, also while it starts afresh', () => {
  const step = fc.record({
    op: fc.constantFrom('set', 'set', 'get', 'delete', 'pass'),
    key: fc.integer({ min: 0, max: 30 }),
    value: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new PassingMap<number, number>();
      const model = new Map<number, number>();
      for (const { op, key, value } of steps) {
        if (op === 'set') {
          map.set(key, value);
          model.set(key, value);
        } else if (op === 'delete') assert.equal(map.delete(key), model.delete(key));
        // So many come and go that the map is another one afterwards.
        else if (op === 'pass') {
          for (let n = 100; n < 700; n++) map.set(n, n);
          for (let n = 100; n < 700; n++) assert.ok(map.delete(n));
        }
        assert.deepEqual([map.get(key), map.has(key), map.size], [model.get(key), model.has(key), model.size]);
      }
      for (const [key, value] of model) assert.equal(map.get(key), value);
    }),
    { numRuns: 50 },
  );
});

test('what has gone from it is garbage of the young generation', () => {
  // 40 are in it at any time, of some kilobytes each, as with requests.
  const program = `import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PassingMap } from './src/passing-map.ts';
let majors = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === 4) majors++;
}).observe({ entryTypes: ['gc'] });
const counts = [];
for (const map of [new Map(), new PassingMap()]) {
  majors = 0;
  for (let n = 0; n < 400_000; n++) {
    map.set(n, Array.from({ length: 20 }, (_, at) => ({ n, at: [at] })));
    map.delete(n - 40);
    if (n % 20_000 === 0) await nextTurn();
  }
  await nextTurn();
  counts.push(majors);
}
console.log(JSON.stringify(counts));`;
  const text = execFileSync(process.execPath, ['--max-semi-space-size=32', '--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  const [ofMap = 0, ofPassingMap = 0] = JSON.parse(text) as number[];
  assert.ok(ofPassingMap < ofMap / 2, `${ofPassingMap} major collections, ${ofMap} with a Map`);
});
