import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeSync, getIntrospectionQuery, parse } from 'graphql';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import { createAnsweringFederation } from './answering-subgraphs.ts';
import { depotWorld } from './worlds/depot.ts';
import { createContext, createEngine, federate, run } from './worlds/federate.ts';
import { library } from './worlds/library.ts';
import { shop } from './worlds/shop.ts';

test('each entity is asked for once, in one request per subgraph and stage', async () => {
  const federation = createAnsweringFederation();
  federation.answer('accounts', { data: { users: ['1', '2', '1'].map((id) => ({ __typename: 'User', id })) } });
  federation.answer('reviews', { data: { _entities: [{ count: 1 }, { count: 2 }] } });
  const { dataText } = await run(createEngine(federation), federation.apiSchema, '{users{count}}');
  assert.equal(dataText, '{"users":[{"count":1},{"count":2},{"count":1}]}');
  assert.deepEqual(federation.calls, [
    'accounts {users{__typename id}}',
    'reviews query($representations:[_Any!]!){_entities(representations:$representations){...on User{count}}} ' +
      '{"representations":[{"__typename":"User","id":"1"},{"__typename":"User","id":"2"}]}',
  ]);
});

test('a subgraph sees the variables that its operation uses, as text and as data', async () => {
  const federation = federate(shop);
  const seen: unknown[] = [];
  const subgraphs = new Map(
    [...federation.subgraphs].map(([name, subgraph]) => [
      name,
      {
        ...subgraph,
        execute(request: Parameters<typeof subgraph.execute>[0]) {
          seen.push([name, request.variablesText, request.variables]);
          return subgraph.execute(request);
        },
      },
    ]),
  );
  const engine = createEngine({ ...federation, subgraphs });
  const query = 'query($id:ID!,$first:Int){user(id:$id){bought{upc reviews(first:$first){id}}}}';
  const { dataText } = await run(engine, federation.apiSchema, query, { id: '1', first: 1 });
  assert.equal(
    dataText,
    '{"user":{"bought":[{"upc":"a","reviews":[{"id":"r1"}]},{"upc":"b","reviews":[{"id":"r2"}]}]}}',
  );
  assert.deepEqual(seen, [
    ['accounts', '{"id":"1"}', { id: '1' }],
    [
      'reviews',
      '{"representations":[{"__typename":"User","id":"1"}],"first":1}',
      { representations: [{ __typename: 'User', id: '1' }], first: 1 },
    ],
  ]);
});

test('what stands under one root field does not wait for another', async () => {
  const federation = createAnsweringFederation();
  const isAsked = Promise.withResolvers<void>();
  federation.answer('accounts', { data: { me: { __typename: 'User', id: '1' } } });
  federation.answer('reviews', async ({ operation }) => {
    // The other root field comes only once the entity has been asked for.
    if (operation.text.includes('topReview')) await isAsked.promise;
    else isAsked.resolve();
    return { data: operation.text.includes('topReview') ? { topReview: { stars: 5 } } : { _entities: [{ count: 1 }] } };
  });
  const { dataText } = await run(createEngine(federation), federation.apiSchema, '{me{count} topReview{stars}}');
  assert.equal(dataText, '{"me":{"count":1},"topReview":{"stars":5}}');
});

test('mutations run one after another, each complete before the next', async () => {
  const federation = federate(shop);
  const query = 'mutation{a:count b:reprice(upc:"a",price:899){upc shippingEstimate reviews(first:1){id}} c:count}';
  const { dataText } = await run(createEngine(federation), federation.apiSchema, query);
  const { a, b, c } = JSON.parse(dataText);
  assert.deepEqual(b, { upc: 'a', shippingEstimate: 100, reviews: [{ id: 'r1' }] });
  assert.equal(c, a + 1);
});

for (const world of [shop, library, depotWorld]) {
  test(`introspection of the ${world.name} is the public schema's`, async () => {
    const { apiSchema, ...federation } = federate(world);
    const text = getIntrospectionQuery();
    const { dataText } = await run(createEngine({ ...federation, apiSchema }), apiSchema, text);
    assert.deepEqual(
      JSON.parse(dataText),
      JSON.parse(JSON.stringify(executeSync({ schema: apiSchema, document: parse(text) }).data)),
    );
  });
}

test('introspection and data stand in the order of the selections', async () => {
  const federation = federate(shop);
  const query = 'query($n:String!){t:__type(name:$n){kind} me{id} __schema{queryType{name}} __typename}';
  const { dataText } = await run(createEngine(federation), federation.apiSchema, query, { n: 'User' });
  assert.equal(
    dataText,
    '{"t":{"kind":"OBJECT"},"me":{"id":"1"},"__schema":{"queryType":{"name":"Query"}},"__typename":"Query"}',
  );
});

test('an operation that comes out empty is answered without a plan', async () => {
  const federation = createAnsweringFederation();
  const engine = createEngine(federation);
  assert.equal((await run(engine, federation.apiSchema, '{me @skip(if:true){id}}')).dataText, '{}');
  assert.deepEqual(federation.calls, []);
  assert.deepEqual(engine.hottest(1), []);
});

test('an operation is compiled once however many requests wait for it', async () => {
  const federation = createAnsweringFederation();
  federation.answer('accounts', { data: { num: 1 } });
  const compiled: string[] = [];
  const engine = createEngine(federation, {
    onEvent: ({ type, operation }) => compiled.push(`${type} ${operation.text}`),
  });
  await Promise.all(Array.from({ length: 5 }, () => run(engine, federation.apiSchema, '{num}')));
  assert.deepEqual(compiled, ['compiled {num}']);
});

test('the hottest operations come first', async () => {
  const federation = createAnsweringFederation();
  federation.answer('accounts', { data: { num: 1, size: 'LARGE' } });
  const engine = createEngine(federation);
  for (const query of ['{size}', '{num}', '{num}', '{num}']) await run(engine, federation.apiSchema, query);
  assert.deepEqual(
    engine.hottest(5).map(({ text }) => text),
    ['{num}', '{size}'],
  );
});

test('what is not compiled is declined, with the reason', async () => {
  const federation = federate(shop);
  const engine = createEngine(federation);
  const operation = normaliseOperation(federation.apiSchema, parse('{me{id ...@defer{name}}}'), null, {});
  assert.match(engine.declines(operation) ?? '', /incremental delivery/);
  assert.equal(engine.declines(normaliseOperation(federation.apiSchema, parse('{me{id}}'), null, {})), undefined);
});

test('an operation that cannot be planned is declined once that is known, and answered with an error that tells nothing', async () => {
  const federation = createAnsweringFederation();
  const failures: unknown[] = [];
  const engine = createEngine(
    { ...federation, subgraphs: new Map() },
    { onEvent: (event) => event.type === 'compile_failed' && failures.push(event.cause.message) },
  );
  const operation = normaliseOperation(federation.apiSchema, parse('{num}'), null, {});
  await engine.prepare(operation);
  assert.ok(engine.declines(operation));
  assert.match(String(failures), /"accounts", which is not a known subgraph/);
  assert.deepEqual(await engine.execute({ operation, variables: {}, context: createContext() }), {
    dataText: 'null',
    errors: [{ message: 'An internal error occurred', extensions: { code: 'INTERNAL_ERROR' } }],
  });
});

test('what one request fetched, the next does not see', async () => {
  const federation = createAnsweringFederation();
  const shared = { data: { me: { __typename: 'User', id: '1', name: 'Ada' } } };
  federation.answer('accounts', () => structuredClone(shared));
  federation.answer('reviews', { data: { _entities: [{ count: 1 }] } });
  const engine = createEngine(federation);
  await run(engine, federation.apiSchema, '{me{name count}}');
  federation.answer('reviews', { data: { _entities: [null] } });
  assert.equal(
    (await run(engine, federation.apiSchema, '{me{name count}}')).dataText,
    '{"me":{"name":"Ada","count":null}}',
  );
});
