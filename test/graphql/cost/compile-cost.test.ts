import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema, parse, print, validate, visit } from 'graphql';
import { compileCost, type Estimate } from '../../../src/graphql/cost/compile-cost.ts';
import { compileCostRules } from '../../../src/graphql/cost/cost-rules.ts';
import { coerceVariables } from '../../../src/planner/coerce-variables.ts';
import { normaliserOf } from '../../../src/planner/normalise.ts';
import { randomOperation } from '../../sameness/random-operation.ts';
import { readShopSubgraphs } from '../../sameness/supergraphs/shop-sdl.ts';
import { compose } from '../compose-schema.ts';

const DIRECTIVES = `
  directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`;
const DEFAULTS = { object: 1, scalar: 0, defaultListSize: 10, mutation: 10 };

function estimate(schema: GraphQLSchema, query: string, raw: Readonly<Record<string, unknown>> = {}): Estimate {
  const document = parse(query);
  assert.deepEqual(validate(schema, document), []);
  const normaliser = normaliserOf(schema, document, null);
  const { variables = {} } = coerceVariables(schema, normaliser.definition, raw);
  const rules = compileCostRules(schema, DEFAULTS);
  return compileCost(schema, normaliser.apply(variables), rules, DEFAULTS.mutation)(variables);
}

describe('the cost of an operation', () => {
  const schema = buildSchema(`${DIRECTIVES}
    type Query {
      hello: String
      dear: String @cost(weight: "2.5")
      user: User
      users(max: Int): [User] @listSize(slicingArguments: ["max"])
      both(first: Int, last: Int = 4): [User] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
      assumed(first: Int): [User] @listSize(assumedSize: 7, slicingArguments: ["first"], requireOneSlicingArgument: false)
      plain: [User]
      grid: [[User]]
      paged(page: Page): [User] @listSize(slicingArguments: ["page.limit"])
      connection(first: Int): Connection @listSize(slicingArguments: ["first"], sizedFields: ["edges", "page.nodes"])
      ids(ids: [ID!]): [User] @listSize(slicingArguments: ["ids"])
      approx(approx: Boolean @cost(weight: "-3"), filter: Filter @cost(weight: "15.0")): User @cost(weight: "5")
      node: Node
      level: Level
      stamp: Stamp
    }
    type Mutation { a: String b: User }
    input Page { limit: Int = 3 }
    input Filter { approx: Boolean @cost(weight: "-12.0") all: [Filter] name: String }
    type Connection @cost(weight: "0") { edges: [User] page: Nodes other: [User] }
    type Nodes @cost(weight: "0") { nodes: [User] }
    enum Level @cost(weight: "4") { LOW }
    scalar Stamp @cost(weight: "3")
    interface Node { id: ID children: [Node] @listSize(assumedSize: 2) }
    type User implements Node { id: ID children: [Node] @listSize(assumedSize: 2) age: Int @cost(weight: "2.0") friend: User }
    type Costly implements Node @cost(weight: "20") { id: ID children: [Node] @listSize(assumedSize: 3) parts: User }
  `);
  const cases: readonly (readonly [query: string, cost: number, why: string])[] = [
    ['{ hello }', 0, 'a scalar costs nothing'],
    ['{ dear }', 2.5, 'unless it says so'],
    ['{ level stamp }', 7, 'or its type does'],
    ['{ user { id friend { id } } }', 2, 'an object costs 1'],
    ['{ users(max: 5) { age } }', 15, 'each item of a list costs itself and what is selected of it'],
    ['{ users(max: 0) { age } }', 0, 'an empty list costs nothing'],
    ['{ users(max: -5) { age } }', 0, 'a negative length is none'],
    ['{ plain { id } }', 10, 'a list of unknown length has the default one'],
    ['{ grid { id } }', 100, 'and so has each list in it'],
    ['{ both(first: 6) { id } }', 6, 'of several slicing arguments the largest counts, defaults too'],
    ['{ both(first: 2) { id } }', 4, 'of several slicing arguments the largest counts, defaults too'],
    ['{ assumed { id } }', 7, 'without slicing argument the assumed size counts'],
    ['{ assumed(first: 2) { id } }', 2, 'with one, that'],
    ['{ paged(page: { limit: 8 }) { id } }', 9, 'slicing arguments can lie within input objects, which cost too'],
    ['{ ids(ids: ["a", "b"]) { id } }', 2, 'a list argument slices by its length'],
    ['{ connection(first: 5) { edges { id } page { nodes { id } } other { id } } }', 20, 'sized fields have the size'],
    ['{ approx { id } }', 5, 'a field has its own weight'],
    ['{ approx(approx: true) { id } }', 2, 'an argument can make it cheaper'],
    ['{ approx(filter: {}) { id } }', 20, 'or dearer'],
    ['{ approx(filter: { approx: true, name: "x" }) { id } }', 8, 'and so can input fields'],
    [
      '{ approx(approx: true, filter: { approx: true, all: [{ approx: true }, { approx: true }] }) { id age } }',
      2,
      'never below nothing; what is selected counts beside',
    ],
    ['{ node { id } }', 20, 'a value of an interface costs what its dearest type does'],
    [
      '{ node { ... on User { friend { id } age } ... on Costly { parts { age } } } }',
      23,
      'of what excludes itself, the dearest counts',
    ],
    ['{ node { children { ... on User { age } } } }', 86, 'the longest list counts'],
    ['mutation { a b { id } }', 21, 'root fields of mutations cost more'],
    ['{ a: user { id } b: user { id } }', 2, 'aliases count'],
    ['{ __schema { types { name } } __typename }', 0, 'introspection costs nothing'],
  ];
  for (const [query, cost, why] of cases) {
    it(`${why}: ${query}`, () => assert.equal(estimate(schema, query).cost, cost));
  }

  it('reads variables, and their defaults', () => {
    const query = 'query ($n: Int = 3, $page: Page) { users(max: $n) { id } paged(page: $page) { id } }';
    assert.equal(estimate(schema, query).cost, 3 + 10);
    assert.equal(estimate(schema, query, { n: 8, page: { limit: 1 } }).cost, 8 + 2);
    assert.equal(estimate(schema, query, { n: 8, page: {} }).cost, 8 + 4);
    assert.equal(estimate(schema, query, { n: null }).cost, 10 + 10);
  });

  it('tells of slicing arguments that are missing or too many', () => {
    const breach = { coordinate: 'Query.users', slicingArguments: ['max'], given: 0 };
    assert.deepEqual(estimate(schema, '{ users { id } }'), { cost: 10, breach });
    assert.equal(estimate(schema, '{ users(max: 1) { id } assumed { id } }').breach, undefined);
    assert.equal(estimate(schema, 'query ($n: Int) { users(max: $n) { id } }').breach?.given, 0);
  });

  it('does not drown in large numbers', () => {
    let query = 'id';
    for (let depth = 0; depth < 500; depth++) query = `children { ${query} }`;
    assert.equal(estimate(schema, `{ node { ${query} } }`).cost, Number.MAX_SAFE_INTEGER);
    assert.equal(estimate(schema, `{ users(max: 0) { ... on Node { ${query} } } }`).cost, 0);
  });
});

it('weights and list sizes of subgraphs are those of the graph', () => {
  const { apiSchema } = compose({
    a: `type Query { items(first: Int): [Item] @listSize(slicingArguments: ["first"]) } type Item @cost(weight: 3) @key(fields: "id") { id: ID! }`,
    b: `type Item @key(fields: "id") { id: ID! price: Int @cost(weight: 2) }`,
  });
  assert.equal(estimate(apiSchema, '{ items(first: 4) { price } }').cost, 20);
});

it('an operation that selects less never costs more', () => {
  const { apiSchema } = compose(readShopSubgraphs());
  fc.assert(
    fc.property(randomOperation(apiSchema), fc.nat(), ({ text, variables }, which) => {
      const whole = estimate(apiSchema, text, variables).cost;
      const document = parse(text);
      let count = 0;
      visit(document, {
        Field() {
          count += 1;
        },
      });
      let at = 0;
      // `__typename` in place of one field, so that no selection set is left empty.
      const less = visit(document, {
        Field(field) {
          at += 1;
          if (at - 1 !== which % count) return undefined;
          const name = { ...field.name, value: '__typename' };
          return { ...field, name, alias: { ...field.name, value: 'less' }, arguments: [], selectionSet: undefined };
        },
      });
      const normaliser = normaliserOf(apiSchema, parse(print(less)), null);
      const coerced = coerceVariables(apiSchema, normaliser.definition, variables);
      const rules = compileCostRules(apiSchema, DEFAULTS);
      const left = compileCost(
        apiSchema,
        normaliser.apply(coerced.variables ?? {}),
        rules,
        10,
      )(coerced.variables ?? {});
      assert.ok(left.cost <= whole, `${left.cost} is more than ${whole}: ${print(less)}`);
    }),
    { numRuns: 150 },
  );
});
