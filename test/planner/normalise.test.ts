import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, GraphQLError, parse } from 'graphql';
import { coerceVariables } from '../../src/planner/coerce-variables.ts';
import { normaliseOperation, normaliserOf } from '../../src/planner/normalise.ts';

const schema = buildSchema(`
  interface Node { id: ID f: Node }
  type A implements Node { id: ID f: A s: String }
  type B implements Node { id: ID f: Node }
  union U = A | B
  type Query { node: Node a(x: Int): A u: U }
`);

const cases: readonly (readonly [name: string, operation: string, normal: string])[] = [
  ['keeps what is in normal form', '{a{id s}}', '{a{id s}}'],
  ['folds literal conditions', '{a{id s @skip(if:true)} b:a @include(if:false){id}}', '{a{id}}'],
  [
    'folds variable conditions and drops their variables',
    'query Q($yes:Boolean!){a{id s @skip(if:$yes)}}',
    'query Q{a{id}}',
  ],
  ['inlines spreads', '{a{...F}} fragment F on Node{id ...on A{s}}', '{a{id s}}'],
  ['flattens wider conditions', '{a{...on Node{id} ...on U{...on A{s}}}}', '{a{id s}}'],
  ['drops impossible conditions', '{node{id ...on A{...on Node{...on B{f{id}}}}}}', '{node{id}}'],
  ['keeps narrower conditions', '{node{...on A{s}}}', '{node{...on A{s}}}'],
  ['lifts a condition that is alone in a wider one', '{u{...on Node{...on A{s}}}}', '{u{...on A{s}}}'],
  ['merges fields of one response key', '{a{f{id}} a{f{s} id}}', '{a{f{id s}id}}'],
  ['merges neighbours of one condition', '{node{...on A{f{id}} ...on A{f{s}}}}', '{node{...on A{f{id s}}}}'],
  ['drops a leaf under a condition that stands before it', '{node{id ...on A{id s}}}', '{node{id ...on A{s}}}'],
  [
    'does not merge across a conditional selection of the same key',
    '{node{f{id} ...on A{f{s}} f{f{id}}}}',
    '{node{f{id}...on A{f{s}}f{f{id}}}}',
  ],
  [
    'drops unused variables',
    'query Q($x:Int,$no:Boolean!){a(x:$x){id} b:a(x:$x) @include(if:$no){id}}',
    'query Q($x:Int){a(x:$x){id}}',
  ],
  ['drops an alias that says the name', '{a:a{id:id}}', '{a{id}}'],
  ['fills an emptied selection set', '{a{s @skip(if:true)}}', '{a{_weir_empty:__typename}}#_weir_empty'],
  [
    'fills with an alias that the client does not use',
    '{a{s @skip(if:true)} b:a{_weir_empty:s}}',
    '{a{_weir_empty_:__typename}b:a{_weir_empty:s}}#_weir_empty_',
  ],
];

for (const [name, text, normal] of cases) {
  test(name, () => {
    assert.equal(normaliseOperation(schema, parse(text), null, { yes: true, no: false }).text, normal);
  });
}

test('an operation without selections is empty', () => {
  assert.equal(normaliseOperation(schema, parse('{a @skip(if:true){id}}'), null, {}).isEmpty, true);
});

test('one document and one set of condition values give one object', () => {
  const document = parse('query($v:Boolean!){a{id s @skip(if:$v)}}');
  const on = normaliseOperation(schema, document, null, { v: true });
  assert.equal(normaliseOperation(schema, document, undefined, { v: true, other: 1 }), on);
  assert.notEqual(normaliseOperation(schema, document, null, { v: false }), on);
});

test('a condition that is null is refused', () => {
  assert.throws(
    () => normaliseOperation(schema, parse('query($v:Boolean=true){a @skip(if:$v){id}}'), null, { v: null }),
    (error) => error instanceof GraphQLError && error.extensions.code === 'BAD_USER_INPUT',
  );
});

test('several operations need a name, and an unknown name is refused', () => {
  const document = parse('query X{a{id}} query Y{node{id}}');
  assert.equal(normaliseOperation(schema, document, 'Y', {}).name, 'Y');
  assert.throws(() => normaliseOperation(schema, document, null, {}), /must name one/);
  assert.throws(() => normaliseOperation(schema, document, 'Z', {}), /no operation named "Z"/);
});

test('fragments that unfold without end of patience are refused', () => {
  const fragments = Array.from({ length: 20 }, (_, n) => `fragment F${n} on Node{x:f{...F${n + 1}} y:f{...F${n + 1}}}`);
  const document = parse(`{node{...F0}} ${fragments.join(' ')} fragment F20 on Node{id}`);
  assert.throws(() => normaliseOperation(schema, document, null, {}), /too many fields/);
});

test('the same fragment spread many times unfolds once', () => {
  const fragments = Array.from({ length: 40 }, (_, n) => `fragment F${n} on Node{f{...F${n + 1} ...F${n + 1}}}`);
  const document = parse(`{node{...F0}} ${fragments.join(' ')} fragment F40 on Node{id}`);
  assert.equal(normaliseOperation(schema, document, null, {}).text, `{node{${'f{'.repeat(40)}id${'}'.repeat(40)}}}`);
});

test('variables are coerced with defaults and without strangers', () => {
  const { definition } = normaliserOf(schema, parse('query($x:Int=3,$y:Int,$z:[ID!]){a(x:$x){id}}'), null);
  assert.deepEqual({ ...coerceVariables(schema, definition, { z: 1, w: 2 }).variables }, { x: 3, z: ['1'] });
  assert.deepEqual({ ...coerceVariables(schema, definition, { x: null }).variables }, { x: null });
  assert.match(coerceVariables(schema, definition, { x: 'a' }).errors?.[0]?.message ?? '', /Variable "\$x"/);
});

test('variables named like properties of every object are data', () => {
  const { definition } = normaliserOf(
    schema,
    parse('query($__proto__:Int,$constructor:Int){a(x:$constructor){id}}'),
    null,
  );
  const { variables } = coerceVariables(schema, definition, JSON.parse('{"__proto__":1}'));
  assert.deepEqual(Object.entries(variables ?? {}), [['__proto__', 1]]);
});
