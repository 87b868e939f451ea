import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldNames } from '../../src/http1/field-names.ts';

test('names that came before change nothing of what is read', () => {
  // More than are kept, so that some meet others in their places; few enough to come again.
  const name = fc
    .tuple(fc.constantFrom('x-', 'X-', 'accept-', 'a'.repeat(64)), fc.integer({ min: 0, max: 3_000 }))
    .map(([begin, number]) => `${begin}${number}`);
  const names = new FieldNames();
  fc.assert(
    fc.property(fc.array(name, { minLength: 200, maxLength: 400 }), fc.nat(9), (all, offset) => {
      for (const each of all) {
        const bytes = Buffer.from(`${'.'.repeat(offset)}${each}: value`, 'latin1');
        assert.equal(names.read(bytes, offset, offset + each.length), each);
      }
    }),
    { numRuns: 100 },
  );
});

test('a name outlives the memory that it was read from', () => {
  const names = new FieldNames();
  const bytes = Buffer.from('accept: */*', 'latin1');
  names.read(bytes, 0, 6);
  bytes.write('cookie', 0, 'latin1');
  assert.equal(names.read(bytes, 0, 6), 'cookie');
  bytes.write('accept', 0, 'latin1');
  assert.equal(names.read(bytes, 0, 6), 'accept');
});
