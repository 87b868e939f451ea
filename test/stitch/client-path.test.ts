import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findClientPath } from '../../src/stitch/client-path.ts';

test('an error without a path stands where its value stands', () => {
  assert.deepEqual(findClientPath(['users', 1, 'age'], undefined), ['users', 1, 'age']);
  assert.deepEqual(findClientPath(['users', 1, 'age'], []), ['users', 1, 'age']);
});

test('an error below a null of a delegated root field keeps the rest of its path', () => {
  assert.deepEqual(findClientPath(['me'], ['me', 'address', 'city']), ['me', 'address', 'city']);
  assert.deepEqual(findClientPath(['users', 0], ['users', 0, 'name']), ['users', 0, 'name']);
  assert.deepEqual(findClientPath(['alias'], ['_v0_alias', 'name']), ['alias', 'name']);
});

test('an error of an entity gets the path of the place of the entity', () => {
  assert.deepEqual(findClientPath(['users', 2, 'age'], ['_entities', 0, 'age']), ['users', 2, 'age']);
  assert.deepEqual(findClientPath(['users', 2, 'best'], ['_v3__entities', 0, 'best', 'x']), ['users', 2, 'best', 'x']);
});

test('an error of a whole entity stands where its field stands', () => {
  assert.deepEqual(findClientPath(['users', 2, 'age'], ['_entities', 0]), ['users', 2, 'age']);
  assert.deepEqual(findClientPath(['users', 2, 'age'], ['_entities', 0, 'name']), ['users', 2, 'age']);
});

test('wherever an entity is, and wherever in it the nulls stop, the path leads to the field that failed', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const prefix = fc.array(fc.oneof(fc.stringMatching(/^[A-Z]{1,8}$/), fc.nat(9)), { maxLength: 5 });
  const inEntity = fc.uniqueArray(name, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(prefix, inEntity, fc.nat(), fc.nat(99), (outside, inside, cut, index) => {
      const depth = 1 + (cut % inside.length);
      const place = [...outside, ...inside.slice(0, depth)];
      assert.deepEqual(findClientPath(place, ['_entities', index, ...inside]), [...outside, ...inside]);
    }),
  );
});
