import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { remember } from '../src/remember.ts';

test('it answers as the function does, and asks it once for each text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 50 }), (texts) => {
      const asked: string[] = [];
      const lengthOf = remember((text) => {
        asked.push(text);
        return `${text}!`;
      });
      for (const text of [...texts, '__proto__', '__proto__']) assert.equal(lengthOf(text), `${text}!`);
      assert.equal(asked.length, new Set(asked).size);
    }),
  );
});

test('false and null are answers too', () => {
  let asked = 0;
  const judge = remember((text) => {
    asked++;
    return text === '' ? null : false;
  });
  assert.deepEqual([judge(''), judge('a'), judge(''), judge('a')], [null, false, null, false]);
  assert.equal(asked, 2);
});

test('what is thrown is not remembered', () => {
  let asked = 0;
  const refuse = remember(() => {
    asked++;
    throw new TypeError('no');
  });
  assert.throws(() => refuse('a'), TypeError);
  assert.throws(() => refuse('a'), TypeError);
  assert.equal(asked, 2);
});

test('beyond a thousand texts it answers all the same, and remembers no more', () => {
  let asked = 0;
  const count = remember((text) => {
    asked++;
    return text;
  });
  for (let n = 0; n < 2_000; n++) assert.equal(count(String(n)), String(n));
  for (let n = 0; n < 2_000; n++) assert.equal(count(String(n)), String(n));
  assert.equal(asked, 3_000);
});

test('long texts are answered anew', () => {
  let asked = 0;
  const measure = remember((text) => {
    asked++;
    return text.length;
  });
  for (const length of [256, 256, 257, 257]) assert.equal(measure('a'.repeat(length)), length);
  assert.equal(asked, 3);
});
