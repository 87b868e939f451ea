import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteBoundedCache } from '../../src/planner/byte-bounded-cache.ts';

test('never holds more than its bound', () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom(...'abcdefgh'), bytes: fc.nat(60), isRead: fc.boolean() }));
  fc.assert(
    fc.property(steps, fc.nat(200), (entries, bound) => {
      const cache = new ByteBoundedCache<number>(bound);
      for (const { key, bytes, isRead } of entries) {
        if (isRead) cache.get(key);
        else cache.set(key, bytes, bytes);
        assert.ok(cache.bytes <= bound);
        if (cache.size === 0) assert.equal(cache.bytes, 0);
      }
    }),
  );
});

test('keeps what was asked for and drops what was not', () => {
  const cache = new ByteBoundedCache<string>(30);
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 8);
  cache.get('a');
  cache.get('c');
  cache.set('d', 'd', 8);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => cache.peek(key)),
    ['a', undefined, 'c', 'd'],
  );
});

test('a value too heavy is not kept, and a new value replaces the old', () => {
  const cache = new ByteBoundedCache<string>(10);
  cache.set('a', 'old', 5);
  cache.set('a', 'new', 8);
  cache.set('b', 'heavy', 9);
  assert.equal(cache.get('a'), 'new');
  assert.equal(cache.get('b'), undefined);
  cache.delete('a');
  assert.equal(cache.bytes, 0);
});

test('tells the hottest first', () => {
  const cache = new ByteBoundedCache<string>(1000);
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1);
  cache.get('c');
  cache.get('c');
  cache.get('b');
  assert.deepEqual(cache.hottest(2), ['c', 'b']);
});
