import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseExactly } from '../../src/mapping/exact-number.ts';
import { compileMapping } from '../../src/mapping/mapping.ts';
import { compileTemplate } from '../../src/mapping/template.ts';

const map = (mapping: string, json: string): string | undefined =>
  JSON.stringify(compileMapping(mapping).evaluate(parseExactly(json), {}));

describe('numbers that a double cannot hold', () => {
  for (const text of ['12345678901234567890', '-9007199254740993', '1e400', '0.1234567890123456789', '1e-400']) {
    it(`${text} passes through a mapping`, () => {
      assert.equal(map('a: $.deep.list->first', `{"deep":{"list":[${text}]}}`), `{"a":${text}}`);
      assert.equal(map('$->jsonStringify', text), `"${text}"`);
    });
    it(`${text} is a number with the text that was written`, () => {
      assert.equal(map('$->typeof', text), '"number"');
      assert.equal(map('$->toString', text), `"${text}"`);
      assert.equal(map('$->eq($)', text), 'true');
      const template = compileTemplate('n={$n}', '0.4');
      assert.equal(template.evaluate({ $n: parseExactly(text) }), `n=${text}`);
    });
  }

  it('are not computed with', () => assert.equal(map('$->add(1)', '12345678901234567890'), undefined));

  it('are not objects', () => {
    assert.equal(map('a { text }', '{"a":12345678901234567890}'), '{"a":12345678901234567890}');
    assert.equal(map('$->keys', '12345678901234567890'), undefined);
  });
});

describe('parseExactly', () => {
  it('gives the numbers that a double holds as numbers', () => {
    for (const text of ['1.10', '100000000000000000000', '1e100', '0', '-0.0', '0e999', '0.1', '123456789012345'])
      assert.equal(typeof parseExactly(text), 'number', text);
  });

  it('keeps every number that it is given, and all else as JSON.parse has it', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        assert.equal(JSON.stringify(parseExactly(json)), JSON.stringify(JSON.parse(json)));
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(), (number) => assert.equal(JSON.stringify(parseExactly(`[${number}]`)), `[${number}]`)),
    );
  });

  it('reads __proto__ as a key like any other', () => {
    const value = parseExactly('{"__proto__":{"n":12345678901234567890}}') as object;
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(JSON.stringify(value), '{"__proto__":{"n":12345678901234567890}}');
  });
});
