import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NOT_IN_VALUE } from '../../src/http1/field-characters.ts';
import { FieldLineWriter } from '../../src/http1/field-line-writer.ts';

const value = fc.oneof(
  fc.constantFrom('', 'a', 'application/json', 'é', 'x'.repeat(300), 'a\r\nb: c', 'a\n', '\0', '\u0100'),
  fc.string({ maxLength: 20 }),
);

test('a line is the same whatever was written before it, and what may not stand in one is never written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.integer({ min: 1, max: 20 })), { maxLength: 20 }), (values) => {
      const writer = new FieldLineWriter('accept');
      for (const [each, times] of values) {
        for (let i = 0; i < times; i++) {
          assert.equal(writer.write(each), NOT_IN_VALUE.test(each) ? undefined : `\r\naccept: ${each}`);
        }
      }
    }),
  );
});
