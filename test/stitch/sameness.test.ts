import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';
import { httpSubgraph, localSubgraph, serve } from './federated-service.ts';
import { createRandom, randomQuery } from './random-operation.ts';
import { requestContext } from './request-context.ts';
import { buildMonolith, buildShopServices, shopDefinitions } from './shop.ts';

const composition = composeSupergraph(shopDefinitions);
assert.ok('sdl' in composition);
const supergraph = readSupergraph(composition.sdl);
const services = buildShopServices();
const monolith = buildMonolith(supergraph);

const inProcess = createStitchEngine(
  supergraph,
  new Map([...services].map(([name, schema]) => [name, localSubgraph(name, schema)])),
);

const QUERIES: readonly (string | readonly [query: string, variables: Record<string, unknown>])[] = [
  '{ me { id first } }',
  '{ me { id fullName } }',
  '{ me { n: fullName f: first first } }',
  '{ a: me { id } b: me { first } }',
  '{ user(id: "2") { id first last role } }',
  '{ user(id: "nobody") { id fullName } }',
  '{ nobody { id reviews { body } } }',
  '{ users { id fullName reviews { body product { name } } } }',
  '{ users(ids: ["1", "9", "3"]) { id fullName } }',
  '{ users(ids: ["1", "1", "2"]) { reviews { id } } }',
  '{ users(ids: []) { fullName } }',
  '{ users(ids: ["1", "2"]) { role } }',
  '{ products { upc name price weight size { width height } } }',
  '{ products { upc inStock shippingEstimate } }',
  '{ products { shippingEstimate } }',
  '{ products { averageRating reviews { rating author { fullName } } } }',
  '{ products(first: 2, filter: { maxPrice: 900 }) { name inStock } }',
  '{ product(upc: "p1") { reviews { author { reviews { product { inStock } } } } } }',
  '{ product(upc: "none") { inStock } }',
  '{ topReviews { id body author { first } product { name price } } }',
  '{ topReviews(first: 4) { author { id fullName } product { shippingEstimate } } }',
  '{ topReviews(first: 4) { author { last friends { first reviews { id } } } } }',
  '{ search(text: "a") { __typename ... on Product { name inStock } ... on Brand { name products { upc averageRating } } } }',
  '{ search(text: "T") { ... on Product { upc reviews { body } } } }',
  '{ search(text: "T") { ... on Brand { name } } }',
  '{ search(text: "T") { t: __typename } }',
  '{ named { label } }',
  '{ named { __typename label ... on User { fullName } ... on Team { lead { fullName reviews { id } } } } }',
  '{ named { ... on User { id reviews { product { warehouse { city } } } } } }',
  '{ warehouses { city products { upc name inStock } } }',
  '{ warehouses { products { averageRating } } }',
  '{ me { friends { friends { fullName } } } }',
  '{ me { best { best { fullName best { id } } } } }',
  '{ me { ...F } } fragment F on User { id fullName reviews { ...R } } fragment R on Review { body product { ...P } } fragment P on Product { name }',
  '{ me { ...F } user(id: "2") { ...F } } fragment F on User { fullName }',
  '{ me { ... on Named { label } ... { first } } }',
  '{ me { ... on User { ... on Named { label } } } }',
  '{ __typename me { __typename } }',
  '{ products { x: name y: name upc z: inStock w: inStock } }',
  '{ products { s: size { w: width } size { height } } }',
  '{ me { r1: reviews(first: 1) { id } r2: reviews(first: 2) { body } reviews { rating } } }',
  '{ users { r: reviews(first: 0) { id } } }',
  ['query ($id: ID!) { user(id: $id) { fullName } }', { id: '3' }],
  ['query ($first: Int) { me { reviews(first: $first) { body } } }', { first: 1 }],
  ['query ($first: Int) { me { reviews(first: $first) { body } } }', {}],
  ['query ($first: Int = 1) { products(first: $first) { upc } topReviews(first: $first) { id } }', {}],
  ['query ($f: Filter) { products(filter: $f) { name averageRating } }', { f: { maxPrice: 100 } }],
  ['query ($max: Int) { products(filter: { maxPrice: $max }) { upc inStock } }', { max: 60 }],
  ['query ($ids: [ID!]) { users(ids: $ids) { first reviews { id } } }', { ids: ['2', '3'] }],
  [
    'query ($a: ID!, $b: ID!) { x: user(id: $a) { fullName } y: user(id: $b) { fullName best { id } } }',
    { a: '1', b: '2' },
  ],
  '{ me { constructor: first } }',
  '{ users { prototype: fullName constructor: first } }',
  '{ constructor: me { id hasOwnProperty: fullName toString: first } }',
  '{ __proto__: me { __proto__: fullName } }',
  // Errors in the middle.
  '{ users { id broken } }',
  '{ users { id broken fullName } }',
  '{ topReviews(first: 3) { author { id broken } } }',
  '{ products { upc warehouse { city } } }',
  '{ users { reviews { product { warehouse { city } } } } }',
  '{ user(id: "2") { id fragile } }',
  '{ me { best { id fragile } } }',
  '{ me { friends { id fragile } } }',
  '{ topReviews(first: 3) { id author { fragile } } }',
  '{ products { upc strict } }',
  '{ product(upc: "p2") { name strict } }',
  '{ warehouses { products { strict } } }',
  '{ search(text: "Couch") { ... on Product { name strict } } }',
  '{ a: user(id: "2") { broken } b: user(id: "2") { id broken } }',
  '{ a: product(upc: "p4") { w: warehouse { city } } b: product(upc: "p4") { warehouse { c: city } inStock } }',
  '{ topReviews(first: 4) { product { reviews { author { broken } } } } }',
  'mutation { rename(id: "1", last: "Byron") { id last fullName } }',
  'mutation { addReview(upc: "p2", body: "New") { id body author { fullName broken } product { name inStock } } }',
  'mutation { a: rename(id: "1", last: "A") { last } b: addReview(upc: "p1", body: "B") { body } c: rename(id: "2", last: "C") { last reviews { id } } }',
];

type Comparable = { readonly data: unknown; readonly errors: readonly string[] };

function comparable(result: { data?: unknown; errors?: readonly { message: string; path?: unknown }[] }): Comparable {
  const errors = (result.errors ?? []).map(({ message, path }) => `${JSON.stringify(path)} ${message}`);
  return JSON.parse(JSON.stringify({ data: result.data ?? null, errors: errors.sort() }));
}

async function both(engine: typeof inProcess, oracle: GraphQLSchema, text: string, variables: Record<string, unknown>) {
  const document = parse(text);
  assert.deepEqual(validate(supergraph.apiSchema, document), []);
  const operation = normaliseOperation(supergraph.apiSchema, document, null, variables);
  return {
    actual: await engine.execute({ operation, variables, context: requestContext() }),
    expected: await execute({ schema: oracle, document, variableValues: variables }),
  };
}

for (const query of QUERIES) {
  const [text, variables] = typeof query === 'string' ? [query, {}] : query;
  test(`the answer is that of a monolith: ${text} ${JSON.stringify(variables)}`, async () => {
    const { actual, expected } = await both(inProcess, monolith, text, variables);
    assert.deepEqual(comparable(actual as never), comparable(expected as never));
  });
}

/**
 * Places where an answer differs and has no error. An entity whose non-null field fails is null for the whole fetch, also
 * for fields that another place of the operation asks of it: which fields one fetch asks for is open (GraphQL §6.4.4), but
 * each of them must tell.
 */
function unexplained(
  got: unknown,
  wanted: unknown,
  errors: ReadonlySet<string>,
  path: (string | number)[] = [],
): string[] {
  if (got === null && wanted !== null) {
    const place = JSON.stringify(path).slice(0, -1);
    return [...errors].some((error) => error.startsWith(place)) ? [] : [place];
  }
  if (typeof got !== 'object' || got === null || typeof wanted !== 'object' || wanted === null) {
    return got === wanted ? [] : [JSON.stringify(path)];
  }
  const keys = Object.keys({ ...got, ...wanted });
  return keys.flatMap((key) =>
    unexplained(Reflect.get(got, key), Reflect.get(wanted, key), errors, [
      ...path,
      Array.isArray(got) ? Number(key) : key,
    ]),
  );
}

test('the answers to random queries are those of a monolith', async () => {
  const anySeed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  await fc.assert(
    fc.asyncProperty(anySeed, async (seed) => {
      const text = randomQuery(supergraph.apiSchema, createRandom(seed));
      fc.pre(validate(supergraph.apiSchema, parse(text)).length === 0);
      const { actual, expected } = await both(inProcess, monolith, text, {});
      const [got, wanted] = [comparable(actual as never), comparable(expected as never)];
      if (wanted.errors.length === 0) return assert.deepEqual(got, wanted);
      assert.notEqual(got.errors.length, 0);
      const places = new Set((actual.errors ?? []).map(({ path }) => JSON.stringify(path)));
      assert.deepEqual(unexplained(got.data, wanted.data, places), []);
    }),
    { numRuns: 200 },
  );
});

let servers: Awaited<ReturnType<typeof serve>>[] = [];
before(async () => {
  servers = await Promise.all([...services.values()].map(serve));
});
after(() => Promise.all(servers.map((server) => server.close())));

test('the answers are the same over HTTP', async () => {
  const names = [...services.keys()];
  const engine = createStitchEngine(
    supergraph,
    new Map(names.map((name, index) => [name, httpSubgraph(name, servers[index]?.url ?? '')])),
  );
  for (const query of QUERIES) {
    const [text, variables] = typeof query === 'string' ? [query, {}] : query;
    const { actual, expected } = await both(engine, monolith, text, variables);
    assert.deepEqual(comparable(actual as never), comparable(expected as never), text);
  }
});
