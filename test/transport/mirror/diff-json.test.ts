import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffJson } from '../../../src/transport/mirror/diff-json.ts';

test('differences are named by pointer and kind', () => {
  const expected = { id: 1, name: 'a', tags: ['x', 'y'], 'a/b': { '~': 1 }, gone: null };
  const actual = { name: 'b', id: '1', tags: ['x'], 'a/b': { '~': 2 }, new: 1 };
  assert.deepEqual(diffJson(expected, actual), [
    { path: '/id', kind: 'type' },
    { path: '/name', kind: 'value' },
    { path: '/tags/1', kind: 'missing' },
    { path: '/a~1b/~0', kind: 'value' },
    { path: '/gone', kind: 'missing' },
    { path: '/new', kind: 'added' },
  ]);
});

test('the order of members does not count', () => {
  assert.deepEqual(diffJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }), []);
  assert.equal(diffJson([1, 2], [2, 1]).length, 2);
});

test('names of the prototype are data', () => {
  assert.deepEqual(diffJson(JSON.parse('{"__proto__":1}'), {}), [{ path: '/__proto__', kind: 'missing' }]);
  assert.deepEqual(diffJson({}, JSON.parse('{"constructor":1}')), [{ path: '/constructor', kind: 'added' }]);
});

test('equal values have no difference, and unequal ones have some, but never more than asked for', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      assert.deepEqual(diffJson(one, structuredClone(one)), []);
      const found = diffJson(one, other, 3);
      assert.ok(found.length <= 3);
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      assert.equal(found.length === 0, same);
    }),
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // An object of its own, so that `{}` is not taken for `[]`.
  return { members: members.map(([name, member]) => [name, sorted(member)]) };
}
