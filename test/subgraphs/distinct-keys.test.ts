import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, getNamedType, isCompositeType, isInterfaceType, isObjectType, validate } from 'graphql';
import { type FieldTypes, makeKeysDistinct } from '../../src/subgraphs/distinct-keys.ts';
import { operationOfText } from '../../src/subgraphs/subgraph-operation.ts';

const schema = buildSchema(`
  type Query { media: [Media] shelf: Shelf }
  union Shelf = Book | Tape
  interface Media { by: Person size: String parts: [Media] }
  type Book implements Media { by: Person! size: String parts: [Media] pages: Int name: String! }
  type Film implements Media { by: Person size: String! parts: [Media!]! pages: [Int] name: String }
  type Tape implements Media { by: Person size: String parts: [Media] pages: Int name: Person }
  type Person { name: String! }
`);

const types: FieldTypes = {
  rootOf: () => 'Query',
  typeOf(typeName, fieldName) {
    const parent = schema.getType(typeName);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[fieldName] : undefined;
    if (field === undefined) return undefined;
    const named = getNamedType(field.type);
    return isCompositeType(named)
      ? { shape: String(field.type).replace(named.name, '{}'), typeName: named.name }
      : { shape: String(field.type), typeName: undefined };
  },
};

const distinct = (text: string) => makeKeysDistinct(operationOfText('query', undefined, text), types);

test('an operation without conflicts is sent as it is', () => {
  for (const text of [
    '{ media { by { name } size } }',
    '{ media { ... on Book { by { name } } ... on Book { by { name } } } }',
    '{ media { ... on Book { pages } ... on Tape { pages } } }',
    '{ unknown { a ... on Nothing { a } } }',
  ]) {
    assert.equal(distinct(text), undefined, text);
  }
});

for (const [what, text] of [
  ['nullability', '{ media { ... on Book { by { name } } ... on Film { by { name } } } }'],
  ['lists', '{ media { ... on Book { pages } ... on Film { pages } ... on Tape { pages } } }'],
  ['a leaf and an object', '{ shelf { ... on Book { name } ... on Tape { name { name } } } }'],
  ['fields below alike ones', '{ media { ... on Book { x: by { n: name } } ... on Tape { x: name { n: name } } } }'],
  ['an interface and its type', '{ media { by { name } ... on Book { by { name } } } }'],
  [
    'fragments',
    '{ media { ...B ...F } } fragment B on Book { parts { size } } fragment F on Film { parts { ...S } } fragment S on Film { size }',
  ],
  [
    'lists of different depth below each other',
    '{ media { parts { size ... on Film { size } } ... on Film { parts { size } } } }',
  ],
] as const) {
  test(`fields that differ get keys that a subgraph accepts: ${what}`, () => {
    const operation = operationOfText('query', undefined, text);
    assert.notDeepEqual(validate(schema, operation.document), []);
    assert.deepEqual(validate(schema, distinct(text)?.operation.document ?? operation.document), []);
  });
}

test('data and error paths have the keys of the original again', () => {
  const made = distinct('{ media { ... on Book { m: by { n: name } } ... on Film { m: by { n: name } } } }');
  assert.match(made?.operation.text ?? '', /\.\.\.on Film\{_weir_as1_m:by\{n:name\}\}/);
  assert.deepEqual(
    made?.restore({
      data: { media: [{ m: { n: 'a' } }, { _weir_as1_m: { n: 'b' } }, { _weir_as1_m: null }, null] },
      errors: [{ message: 'no', path: ['media', 2, '_weir_as1_m', 'n'] }, { message: 'no path' }],
      extensions: { cost: 1 },
    }),
    {
      data: { media: [{ m: { n: 'a' } }, { m: { n: 'b' } }, { m: null }, null] },
      errors: [{ message: 'no', path: ['media', 2, 'm', 'n'] }, { message: 'no path' }],
      extensions: { cost: 1 },
    },
  );
});

test('what two fields of one key say of one object is merged', () => {
  const made = distinct('{ media { by { name } ... on Book { by { n: name } } } }');
  assert.deepEqual(made?.restore({ data: { media: [{ by: { name: 'a' }, _weir_as1_by: { n: 'a' } }] } }).data, {
    media: [{ by: { name: 'a', n: 'a' } }],
  });
});

test('keys of the client that look like ours, and keys that would pollute, are keys like any other', () => {
  const made = distinct(
    '{ media { ... on Book { __proto__: by { _weir_as1_by: name } } ... on Film { __proto__: by { _weir_as1_by: name } } } }',
  );
  const data = JSON.parse(
    '{"media":[{"__proto__":{"_weir_as1_by":"a"}},{"_weir_as_1___proto__":{"_weir_as1_by":"b"}}]}',
  );
  assert.match(made?.operation.text ?? '', /_weir_as_1___proto__:by/);
  assert.equal(
    JSON.stringify(made?.restore({ data }).data),
    '{"media":[{"__proto__":{"_weir_as1_by":"a"}},{"__proto__":{"_weir_as1_by":"b"}}]}',
  );
});
