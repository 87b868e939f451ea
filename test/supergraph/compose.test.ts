import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeSupergraph, type SubgraphDefinition } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';

const FEDERATION_2 = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@composeDirective",
    "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@inaccessible"])
  @link(url: "https://weir.test/limits/v1.0", import: ["@rateLimit"])
  @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int!, window: String!) on FIELD_DEFINITION
`;

function compose(definitions: readonly SubgraphDefinition[]): string {
  const composition = composeSupergraph(definitions);
  assert.ok('sdl' in composition, JSON.stringify(composition));
  return composition.sdl;
}

const accounts = {
  name: 'accounts',
  url: 'http://accounts.test/',
  sdl: `${FEDERATION_2}
    type Query {
      me: User @authenticated
      users(first: Int): [User] @rateLimit(max: 3, window: "1m") @listSize(slicingArguments: ["first"])
    }
    type User @key(fields: "id") {
      id: ID!
      email: String @requiresScopes(scopes: [["read:email"], ["admin"]])
      salary: Int @policy(policies: [["hr"]]) @cost(weight: 5)
      internal: String @inaccessible
    }`,
};
const reviews = {
  name: 'reviews',
  url: 'http://reviews.test/',
  sdl: 'extend type Query { top: Review } type Review { body: String author: User } extend type User @key(fields: "id") { id: ID! @external reviews: [Review] }',
};
const named = (name: string, field: string) => ({ name, url: '', sdl: `type Query { ${field}: Int }` });

test('subgraphs of Federation 1 and 2 compose to one supergraph', () => {
  const supergraph = readSupergraph(compose([accounts, reviews]));
  assert.deepEqual(
    [...supergraph.graphs.values()],
    [
      { name: 'accounts', enumValue: 'ACCOUNTS', url: 'http://accounts.test/' },
      { name: 'reviews', enumValue: 'REVIEWS', url: 'http://reviews.test/' },
    ],
  );
  assert.deepEqual(Object.keys(supergraph.apiSchema.getQueryType()?.getFields() ?? {}), ['me', 'users', 'top']);
});

test('the text does not depend on the order of the upstreams', () => {
  const definitions = [accounts, reviews, named('a', 'one'), named('b', 'two'), named('B', 'three')];
  const expected = compose(definitions);
  fc.assert(
    fc.property(fc.shuffledSubarray(definitions, { minLength: definitions.length }), (shuffled) => {
      assert.equal(compose(shuffled), expected);
    }),
    { numRuns: 20 },
  );
});

test('directives that rule serving survive composition', () => {
  const sdl = compose([accounts, reviews]);
  for (const application of [
    '@authenticated',
    '@requiresScopes(scopes: [["read:email"], ["admin"]])',
    '@policy(policies: [["hr"]])',
    '@rateLimit(max: 3, window: "1m")',
    '@cost(weight: 5)',
    '@listSize(slicingArguments: ["first"])',
  ]) {
    assert.ok(sdl.includes(` ${application}`), application);
  }
});

test('every upstream name becomes a value of join__Graph of its own', () => {
  const cases = [
    ['accounts', 'ACCOUNTS'],
    ['my-service', 'MY_SERVICE'],
    ['myCamelCase', 'MY_CAMEL_CASE'],
    ['2legacy', '_2LEGACY_'],
    ['sales.eu', 'SALES_EU'],
    ['HTTPServer', 'HTTP_SERVER'],
  ] as const;
  const { graphs } = readSupergraph(compose(cases.map(([name], index) => named(name, `f${index}`))));
  assert.deepEqual(
    cases.map(([name]) => [name, graphs.get(name)?.enumValue]),
    cases.map(([name, value]) => [name, value]),
  );
});

test('names that differ only in case and punctuation stay apart', () => {
  const { graphs } = readSupergraph(
    compose([named('my-service', 'a'), named('my_service', 'b'), named('MyService', 'c')]),
  );
  assert.equal(graphs.size, 3);
  assert.equal(new Set([...graphs.values()].map(({ enumValue }) => enumValue)).size, 3);
});
