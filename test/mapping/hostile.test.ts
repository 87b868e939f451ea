import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileMapping } from '../../src/mapping/mapping.ts';
import { METHODS } from '../../src/mapping/methods/method-table.ts';
import { MappingSyntaxError } from '../../src/mapping/syntax-error.ts';
import { compileUrlTemplate } from '../../src/mapping/url-template.ts';

const TOKENS = [
  'a',
  'b',
  '"c d"',
  '$',
  '$args',
  '@',
  '$(',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '.',
  '...',
  '->',
  '?',
  '??',
  '?!',
  '1',
  '-2.5',
  'true',
  'null',
  '"x"',
  '#\n',
  ' ',
  '\n',
  '__proto__',
  'as',
  ...METHODS.keys(),
];
const soup = fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((tokens) => tokens.join(' '));

/** Mappings that all parse, of every part of the grammar. */
const { selection: validText } = fc.letrec<{ key: string; expression: string; path: string; selection: string }>(
  (tie) => ({
    key: fc.constantFrom('a', 'b', '"c d"', '__proto__', 'length'),
    expression: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '-2.5', 'true', 'null', '"x"', '$args', '@'),
      tie('path'),
      fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.tuple(tie('key'), tie('expression')).map(([key, value]) => `{ ${key}: ${value} }`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `$($(${a}) ?? $(${b}))`),
    ),
    path: fc
      .tuple(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('$', '@', '$args', '$.a'),
          tie('expression').map((inner) => `$(${inner})`),
        ),
        fc.array(
          fc.oneof(
            { maxDepth: 3 },
            tie('key').map((key) => `.${key}`),
            fc.constantFrom('?.a', '->as($v)->echo($v)'),
            fc.tuple(fc.constantFrom(...METHODS.entries()), tie('expression')).map(([[name, method], arg]) => {
              const argument = method.takesPairs ? `[${arg}, @]` : arg;
              return method.maxArgs === 0 ? `->${name}` : `->${name}(${argument})`;
            }),
          ),
          { maxLength: 3 },
        ),
      )
      .map(([head, steps]) => head + steps.join('')),
    selection: fc
      .array(
        fc.oneof(
          { maxDepth: 3 },
          tie('key'),
          fc.tuple(tie('key'), tie('path')).map(([key, path]) => `${key}: ${path}`),
          fc.tuple(tie('key'), tie('selection')).map(([key, inner]) => `${key} { ${inner} }`),
          fc.tuple(tie('path'), tie('selection')).map(([path, inner]) => `${path} { ${inner} }`),
          tie('path').map((path) => `...${path}`),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((items) => items.join(' ')),
  }),
) as unknown as { selection: fc.Arbitrary<string> };
const validMapping = validText.map((text) => compileMapping(text, { missing: 'null' }));
/** Keys that the mappings use, so that paths lead somewhere. */
const data = fc.object({
  key: fc.constantFrom('a', 'b', 'c d', '__proto__', 'x'),
  maxDepth: 4,
  withNullPrototype: false,
});
const jsonData = fc.oneof(
  data.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  fc.jsonValue(),
);

describe('hostile texts', () => {
  test('parsing throws nothing but its own error, with a place inside the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), soup), (text) => {
        for (const compile of [compileMapping, (t: string) => compileUrlTemplate(t, '0.4')]) {
          try {
            compile(text);
          } catch (error) {
            assert.ok(error instanceof MappingSyntaxError, String(error));
            assert.ok(error.offset >= 0 && error.offset <= text.length && error.line >= 1 && error.column >= 1);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  for (const open of ['{', '$(', '[', '$([', 'a { ', '$->map(', '$({a:']) {
    test(`100000 times "${open}" is refused without exhausting the stack`, () => {
      assert.throws(() => compileMapping(open.repeat(100_000)), MappingSyntaxError);
    });
  }
});

describe('hostile data', () => {
  test('running never throws', () => {
    fc.assert(
      fc.property(validMapping, jsonData, jsonData, (mapping, input, $args) => {
        mapping.evaluate(input, { $args }, () => undefined);
      }),
      { numRuns: 2000 },
    );
  });

  test('every method takes every kind of input and argument', () => {
    const values = [null, true, 0, -1, 1.5, '', 'ab', [], [null], [[1]], {}, { a: 1 }, { length: 5 }];
    for (const [name, method] of METHODS) {
      const arg = method.takesPairs ? '[$args, 1]' : '$args';
      const args =
        method.minArgs === 0 && !Number.isFinite(method.maxArgs)
          ? ''
          : `(${Array(method.minArgs).fill(arg).join(', ')})`;
      const mapping = compileMapping(`$->${name}${args}`);
      for (const data of values) for (const $args of values) mapping.evaluate(data, { $args });
    }
  });

  test('data nested 100000 levels deep is survived by every method and by paths', () => {
    let list: unknown = 1;
    let object: unknown = 1;
    for (let level = 0; level < 100_000; level++) {
      list = [list];
      object = { a: object };
    }
    const texts = [
      '$.a',
      '$ { a }',
      '$->jsonStringify',
      '$->eq($args)',
      '$->map(@.a)',
      'x: a x: a',
      'x: $ x: $args',
      '$->joinNotNull(",")',
    ];
    for (const text of texts) {
      for (const data of [list, object]) compileMapping(text).evaluate(data, { $args: copyOuterLevel(data) });
    }
  });

  test('a list of a million elements is mapped', () => {
    const data = Array.from({ length: 1_000_000 }, (_, n) => ({ n }));
    const output = compileMapping('$.n->filter(@->gt(999997))').evaluate(data, {});
    assert.deepEqual(output, [999_998, 999_999]);
  });

  test('what a prototype has is not data', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      assert.equal(compileMapping(`$.${key}`).evaluate({}, {}), undefined);
      assert.equal(compileMapping(`$args.${key}`).evaluate({}, { $args: {} }), undefined);
      assert.equal(compileMapping('$->get($args)').evaluate({}, { $args: key }), undefined);
    }
  });

  test('"__proto__" is a key like any other, read and written', () => {
    const data = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as unknown;
    for (const text of ['__proto__ a', '"__proto__": $.__proto__ a', '$({ "__proto__": $.__proto__, a: a })', '...$']) {
      const output = compileMapping(text).evaluate(data, {}) as Record<string, unknown>;
      assert.equal(JSON.stringify(output), '{"__proto__":{"polluted":true},"a":1}', text);
      assert.equal(Object.getPrototypeOf(output), Object.prototype);
      assert.equal(output.polluted, undefined);
    }
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  test('the input is never changed', () => {
    fc.assert(
      fc.property(validMapping, jsonData, (mapping, input) => {
        const before = JSON.stringify(input);
        mapping.evaluate(input, { $args: input });
        assert.equal(JSON.stringify(input), before);
      }),
    );
  });
});

/** Another value equal to the first on its outer levels, so that comparing has to look at both. */
function copyOuterLevel(data: unknown): unknown {
  return Array.isArray(data) ? [...data] : { ...(data as object) };
}
