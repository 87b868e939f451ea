import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileMapping } from '../../src/mapping/mapping.ts';

/** Mapping, data, expected output; variables where the mapping reads some. */
type Case = readonly [mapping: string, data: unknown, expected: unknown, variables?: Record<string, unknown>];

const book = { id: 7, title: 'Weir', author: { name: 'Ada', tags: ['a', 'b'] }, 'odd key': 1, nothing: null };
const list = [{ n: 1 }, { n: 2 }, { n: 3 }];

const GROUPS: Record<string, readonly Case[]> = {
  'selections and names': [
    ['id title', book, { id: 7, title: 'Weir' }],
    ['name: title', book, { name: 'Weir' }],
    ['id # a comment\n title', book, { id: 7, title: 'Weir' }],
    ['author { name }', book, { author: { name: 'Ada' } }],
    ['writer: author { called: name }', book, { writer: { called: 'Ada' } }],
    ['odd: "odd key"', book, { odd: 1 }],
    ["odd: $.'odd key'", book, { odd: 1 }],
    ['grouped: { id name: title }', book, { grouped: { id: 7, name: 'Weir' } }],
    ['true null', { true: 1, null: 2 }, { true: 1, null: 2 }],
    ['', book, {}],
    ['{}'.slice(2), null, null],
    ['id missing', book, { id: 7 }],
    ['nothing', book, { nothing: null }],
    ['nothing { deep }', book, { nothing: null }],
    ['id { deep }', book, { id: 7 }],
    ['a: author { name } a: author { tags }', book, { a: { name: 'Ada', tags: ['a', 'b'] } }],
    ['a: xs { x } a: xs { y }', { xs: [{ x: 1, y: 2 }] }, { a: [{ x: 1, y: 2 }] }],
  ],
  paths: [
    ['$.id', book, 7],
    ['$', book, book],
    ['@', 3, 3],
    ['author.name', book, 'Ada'],
    ['$.author { name }', book, { name: 'Ada' }],
    ['id author { name } $.author { tags }', book, { id: 7, author: { name: 'Ada' }, tags: ['a', 'b'] }],
    ['id author.deep { x }', book, { id: 7 }],
    ['name: author.name', book, { name: 'Ada' }],
    ['$.a.b.c', { a: 1 }, undefined],
    ['$.length', 'text', undefined],
    ['$.length', [1, 2], [null, null]],
    ['id: $args.id', {}, { id: 5 }, { $args: { id: 5 } }],
    ['$args { a b }', {}, { a: 1 }, { $args: { a: 1, c: 2 } }],
    ['x: $args.missing', {}, {}, { $args: {} }],
    ['x: $unset.missing', {}, {}],
  ],
  arrays: [
    ['n', list, [{ n: 1 }, { n: 2 }, { n: 3 }]],
    ['$.n', list, [1, 2, 3]],
    ['all: xs.n', { xs: list }, { all: [1, 2, 3] }],
    ['all: xs { n }', { xs: list }, { all: list }],
    ['all: xs.n', { xs: [{ n: 1 }, {}, 2] }, { all: [1, null, null] }],
    ['friends: ids { id: $ }', { ids: [1, 2] }, { friends: [{ id: 1 }, { id: 2 }] }],
    ['$.n', [[{ n: 1 }], [{ n: 2 }]], [[1], [2]]],
    ['first: $(xs.n)->first', { xs: list }, { first: 1 }],
    ['n', [], []],
  ],
  literals: [
    ['t: $("Book")', {}, { t: 'Book' }],
    ["t: $('it\\'s')", {}, { t: "it's" }],
    ['t: $("a\\nb")', {}, { t: 'a\nb' }],
    ['n: $(1) m: $(-2.5) k: $(.5) j: $(3.)', {}, { n: 1, m: -2.5, k: 0.5, j: 3 }],
    ['a: $(true) b: $(false) c: $(null)', {}, { a: true, b: false, c: null }],
    ['a: $([1, "x", id, null,])', book, { a: [1, 'x', 7, null] }],
    ['a: $({ b: id, "c d": author.name, e: missing })', book, { a: { b: 7, 'c d': 'Ada' } }],
    ['a: $([missing])', book, { a: [null] }],
    ['a: $("abc"->slice(1, 3))', {}, { a: 'bc' }],
    ['a: $({ a: 1, b: 2 }.b->mul(10))', {}, { a: 20 }],
    ['a: $(-1->add(10))', {}, { a: 9 }],
    ['a: $(author { name })', book, { a: { name: 'Ada' } }],
  ],
  'methods of v0.1': [
    ['t: $->echo("Book")', book, { t: 'Book' }],
    ['w: author->echo({ it: @.name, id: $.id })', book, { w: { it: 'Ada', id: 7 } }],
    ['author->echo([@.name, author.name, author { name }])', book, ['Ada', 'Ada', { name: 'Ada' }]],
    [
      '$->entries',
      { a: 1, b: null },
      [
        { key: 'a', value: 1 },
        { key: 'b', value: null },
      ],
    ],
    ['$->entries.key', { a: 1, b: 2 }, ['a', 'b']],
    ['$->first', [4, 5], 4],
    ['$->first', 'ab', 'a'],
    ['$->first', '😀b', '😀'],
    ['$->first', [], undefined],
    ['$->first', 5, undefined],
    ['$->first { n }', list, { n: 1 }],
    ['$->last', [4, 5], 5],
    ['$->last', 'ab', 'b'],
    ['$->last', 'b😀', '😀'],
    ['$->map(@.n)', list, [1, 2, 3]],
    ['$->map({ v: @.n })', list, [{ v: 1 }, { v: 2 }, { v: 3 }]],
    ['$->map(@)', 5, [5]],
    ['$->map(@.n)', [{}], [null]],
    ['k: kind->match(["dog", "Canine"], ["cat", "Feline"], [@, "Exotic"])', { kind: 'cat' }, { k: 'Feline' }],
    ['k: kind->match(["dog", "Canine"], [@, "Exotic"])', { kind: 'emu' }, { k: 'Exotic' }],
    ['k: kind->match(["dog", "Canine"], ["Exotic"])', { kind: 'emu' }, { k: 'Exotic' }],
    ['k: kind->match(["dog", "Canine"])', { kind: 'emu' }, {}],
    ['$->size', [1, 2], 2],
    ['$->size', 'abc', 3],
    ['$->size', { a: 1 }, 1],
    ['$->size', null, undefined],
    ['$->slice(1, 2)', [1, 2, 3], [2]],
    ['$->slice(1)', 'abc', 'bc'],
    ['$->slice(2, 1)', [1, 2, 3], []],
    ['$->slice(-5, 99)', [1], [1]],
    ['$->slice($args.from, $args.to)', 'abcdef', 'bc', { $args: { from: 1, to: 3 } }],
    ['$->jsonStringify', { a: [1, null] }, '{"a":[1,null]}'],
  ],
  'later methods': [
    ['$->joinNotNull(",")', [1, null, 'a'], '1,a'],
    ['$->joinNotNull(",")', [{}], undefined],
    ['$->filter(@.n->gt(1))', list, [{ n: 2 }, { n: 3 }]],
    ['$->filter(@->eq(2))', 2, [2]],
    ['$->filter(@.n)', list, undefined],
    ['$->find(@.n->eq(2))', list, { n: 2 }],
    ['$->find(@.n->eq(9))', list, undefined],
    ['$->get(1)', ['a', 'b'], 'b'],
    ['$->get(-1)', 'abc', 'c'],
    ['$->get("a")', { a: null }, null],
    ['$->get("b")', { a: 1 }, undefined],
    ['$->get("a")', [1], undefined],
    ['$->contains(2)', [1, 2], true],
    ['$->in([1, 3])', 2, false],
    ['$->has("a")', { a: null }, true],
    ['$->has("toString")', {}, false],
    ['$->keys', { a: 1 }, ['a']],
    ['$->values', { a: 1 }, [1]],
    ['$->typeof', [], 'array'],
    ['$->typeof', null, 'null'],
    ['$->eq({ a: [1, { b: 2 }] })', { a: [1, { b: 2 }] }, true],
    ['$->ne(1)', '1', true],
    ['$->gt("a")', 'b', true],
    ['$->gt("a")', 1, undefined],
    ['$->gte(1)', 1, true],
    ['$->lt(1)', 1, false],
    ['$->lte(1)', 1, true],
    ['$.a->and($.b)', { a: true, b: false }, false],
    ['$.a->or($.b, true)', { a: false, b: false }, true],
    ['$.a->and($.b)', { a: true }, undefined],
    ['$->not', true, false],
    ['$->not', 1, undefined],
    ['$.a->add($.b, 1)', { a: 1, b: 2 }, 4],
    ['$->sub(32)->mul(5)->div(9)', 212, 100],
    ['$->mod(4)', 7, 3],
    ['$->div(0)', 7, undefined],
    ['$->add("1")', 7, undefined],
    ['$->toString', 7, '7'],
    ['$->toString', {}, undefined],
    ['$->parseInt', '42', 42],
    ['$->parseInt(16)', 'ff', 255],
    ['$->parseInt(2)', '12', undefined],
    ['$->parseInt', 123.6, 123],
    ['$->parseInt', '12px', undefined],
    ['$->split(",")', 'a,b', ['a', 'b']],
    ['$->trim', ' a ', 'a'],
    ['$->jsonParse', '{"a":1}', { a: 1 }],
    ['$->jsonParse', '{', undefined],
    ['$->matchIf([@->gt(5), "big"], ["small"])', 3, 'small'],
  ],
  'optional chaining, defaults, names and spreads (v0.3 and v0.4)': [
    ['a: x?.y?.z', { x: null }, {}],
    ['a: x?.y', { x: { y: 1 } }, { a: 1 }],
    ['x?', { x: null }, {}],
    ['x? { y }', { x: { y: 2 } }, { x: { y: 2 } }],
    ['a: $(x ?? "none")', { x: null }, { a: 'none' }],
    ['a: $(x ?! "none")', { x: null }, { a: null }],
    ['a: $(x ?! "none")', {}, { a: 'none' }],
    ['a: $(x ?? y ?? null)', {}, { a: null }],
    ['a: author->as($it)->echo($it.name)', book, { a: 'Ada' }],
    ['a: $.id->as($n)->add($n)', book, { a: 14 }],
    ['id ...author { name }', book, { id: 7, name: 'Ada' }],
    ['id ...author', book, { id: 7, name: 'Ada', tags: ['a', 'b'] }],
    ['id ...$(nothing)', book, { id: 7 }],
    ['id ...title', book, { id: 7 }],
    ['$({ id, author { name }, "odd key", n: 1 })', book, { id: 7, author: { name: 'Ada' }, 'odd key': 1, n: 1 }],
    [
      '...$.kind->match(["b", { __typename: "Book" }], [{ __typename: "Other" }]) id',
      { kind: 'b', id: 1 },
      { __typename: 'Book', id: 1 },
    ],
  ],
};

for (const [group, cases] of Object.entries(GROUPS)) {
  describe(group, () => {
    for (const [text, data, expected, variables] of cases) {
      test(`${JSON.stringify(text)} on ${JSON.stringify(data)}`, () => {
        assert.deepEqual(compileMapping(text).evaluate(data, variables ?? {}), expected);
      });
    }
  });
}

test('a mapping reports what the data lacks, with the place in its text', () => {
  const warnings: string[] = [];
  const mapping = compileMapping('id\nname: author.nick\nsum: id->add("1")');
  mapping.evaluate(book, {}, ({ message, offset }) => warnings.push(`${offset}: ${message}`));
  assert.deepEqual(warnings, ['15: There is no "nick" in object', '30: ->add needs numbers, got number and string']);
});

test('selected keys that the data lacks become null where "selected" must show', () => {
  const options = { missing: 'null' } as const;
  assert.deepEqual(compileMapping('id a { b }', options).evaluate({ id: 1 }, {}), { id: 1, a: null });
  assert.deepEqual(compileMapping('id $.deep { b c }', options).evaluate({ id: 1 }, {}), { id: 1, b: null, c: null });
  assert.deepEqual(compileMapping('x { y }', options).evaluate({ x: [{}, null] }, {}), { x: [{ y: null }, null] });
  assert.equal(compileMapping('id', options).evaluate(null, {}), null);
});

test('the variables that a mapping reads are known before it runs', () => {
  const { references } = compileMapping(
    'a: $args.in { x y { z } } b: $(z)->map($this.k->eq($args.q)) c: x->as($v)->echo($v.w)',
  );
  assert.deepEqual(
    references.map(({ name, path }) => [name, ...path].join('.')),
    ['$args.in.x', '$args.in.y.z', '$.z', '$this.k', '$args.q', '$.x'],
  );
});
