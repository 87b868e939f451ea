import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { coerceVariables } from '../../src/planner/coerce-variables.ts';
import { normaliseOperation, normaliserOf } from '../../src/planner/normalise.ts';
import type { Operation } from '../../src/planner/operation.ts';
import { arbitraryData } from '../sameness/arbitrary-data.ts';
import { createRandomOperation, randomOperation } from '../sameness/random-operation.ts';

const schema = buildSchema(`
  enum Size { SMALL LARGE }
  input Range { from: Int! to: Int = 9 sizes: [Size!] }
  interface Node { id: ID! peer: Node }
  interface Named implements Node { id: ID! peer: Node name(upper: Boolean = false): String }
  type Cat implements Named & Node { id: ID! peer: Cat name(upper: Boolean = false): String lives: Int! friends(range: Range): [Named!] }
  type Dog implements Named & Node { id: ID! peer: Node name(upper: Boolean = false): String size: Size! owner: Person! }
  type Person implements Node { id: ID! peer: Person pets(first: Int! = 2, ids: [ID!]): [Pet]! best: Pet }
  union Pet = Cat | Dog
  union Any = Cat | Dog | Person
  type Query { node(id: ID!): Node nodes: [Node!] pet: Pet any: [Any] person: Person me: Person! named: Named }
`);

const count = 600;

test('a random operation is valid', () => {
  fc.assert(
    fc.property(randomOperation(schema), ({ text }) => {
      assert.deepEqual(validate(schema, parse(text)), []);
    }),
    { numRuns: 200 },
  );
});

test('the normal form answers as the operation does, in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(randomOperation(schema), fc.nat(1000), async ({ text, variables }, seed) => {
      const document = parse(text);
      const operation = normalise(schema, text, variables);
      const rootValue = arbitraryData(seed);
      const expected = await execute({ schema, document, variableValues: variables, ...rootValue });
      if (operation.isEmpty) {
        assert.equal(JSON.stringify(expected.data), '{}');
        return;
      }
      assert.deepEqual(validate(schema, operation.document), []);
      const actual = await execute({ schema, document: operation.document, variableValues: variables, ...rootValue });
      assert.equal(
        JSON.stringify(actual.data, (key, value) => (key === operation.privateAlias ? undefined : value)),
        JSON.stringify(expected.data),
      );
    }),
    { numRuns: count },
  );
});

test('no normal form has a condition, a spread, or an unused variable', () => {
  fc.assert(
    fc.property(randomOperation(schema), ({ text, variables }) => {
      const { text: normal } = normalise(schema, text, variables);
      assert.doesNotMatch(normal, /@skip|@include|\.\.\.F\d/);
      for (const [, name] of normal.matchAll(/\$(v\d+):/g))
        assert.match(normal, new RegExp(`[:\\[{] ?\\$${name}\\b(?!:)`));
    }),
    { numRuns: 200 },
  );
});

test('the generator repeats itself for a seed', () => {
  assert.deepEqual(createRandomOperation(schema, 7, 60), createRandomOperation(schema, 7, 60));
});

function normalise(schema: GraphQLSchema, text: string, raw: Readonly<Record<string, unknown>>): Operation {
  const document = parse(text);
  const { definition } = normaliserOf(schema, document, null);
  const { variables, errors } = coerceVariables(schema, definition, raw);
  assert.equal(errors, undefined);
  return normaliseOperation(schema, document, null, variables ?? {});
}
