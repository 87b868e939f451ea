import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { createBackgroundContext } from '../../../../src/subgraphs/background-context.ts';
import { createSubgraph } from '../../../../src/subgraphs/create-subgraph.ts';
import type { Subgraph, SubgraphResult } from '../../../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../../../src/subgraphs/subgraph-operation.ts';
import { fetchUpstream } from '../../fetch-upstream.ts';
import { type Recorded, serveGraphql, type TestServer } from '../../serve-graphql.ts';
import { graphqlUpstreamConfig } from '../graphql-upstream-config.ts';

const SDL = `
  interface Node { id: ID! }
  type User implements Node { id: ID! email: String name(loud: Boolean): String friend: User broken: String }
  type Product implements Node { sku: String! region: String! id: ID! title: String }
  type Store { id: Int! city: String }
  input ProductKey { sku: String! region: String! }
  input StoreWhere { id: IntFilter! }
  input IntFilter { eq: Int, in: [Int!] }
  type Query {
    usersByIds(ids: [ID!]!): [User]
    userByEmail(where: EmailWhere!): User
    productsByKeys(keys: [ProductKey!]!, strict: Boolean): [Product]!
    store(id: Int!, unit: Unit = KM): Store
    stores(where: StoreWhere!): [Store!]!
    nodes(ids: [ID!]!): [Node]!
    node(id: ID!): Node
    version: String
  }
  enum Unit { KM MI }
  input EmailWhere { email: String! }
`;

const users = ['1', '2', '3'].map((id) => ({
  __typename: 'User',
  id,
  email: `u${id}@example.com`,
  name: ({ loud }: { loud?: boolean }) => (loud ? `USER ${id}` : `user ${id}`),
  friend: { __typename: 'User', id: '9' },
  broken: () => {
    throw new Error(`broken ${id}`);
  },
}));
const products = ['a', 'b'].map((sku) => ({
  __typename: 'Product',
  sku,
  region: 'eu',
  id: `p${sku}`,
  title: `Product ${sku}`,
}));
const root = {
  // In another order than asked, and only what exists.
  usersByIds: ({ ids }: { ids: string[] }) => users.filter((user) => ids.includes(user.id)).reverse(),
  userByEmail: ({ where }: { where: { email: string } }) => users.find((user) => user.email === where.email) ?? null,
  productsByKeys: ({ keys }: { keys: { sku: string; region: string }[] }) =>
    products.filter((product) => keys.some((key) => key.sku === product.sku && key.region === product.region)),
  store: ({ id }: { id: number }) => {
    if (id === 13) throw new Error('store 13 is haunted');
    return id > 500 ? null : { id, city: `City ${id}` };
  },
  stores: ({ where }: { where: { id: { in: number[] } } }) => where.id.in.map((id) => ({ id, city: `City ${id}` })),
  nodes: ({ ids }: { ids: string[] }) => [...users, ...products].filter((node) => ids.includes(node.id)),
  node: ({ id }: { id: string }) => [...users, ...products].find((node) => node.id === id) ?? null,
  version: '1',
};

const ENTITIES = {
  User: [
    { key: 'id', lookup: 'usersByIds(ids: $id)' },
    { key: 'email', lookup: 'userByEmail(where: { email: $email })' },
  ],
  Product: { key: 'sku region', lookup: 'productsByKeys(keys: [{ sku: $sku, region: $region }], strict: true)' },
  Store: { key: 'id', lookup: 'store(id: $id, unit: MI)' },
};

async function plainSubgraph(test: TestContext, entities: Record<string, unknown> = ENTITIES) {
  const server = await serveGraphql(test, buildSchema(SDL), root);
  const made = await createSubgraph(
    graphqlUpstreamConfig(server.url, { entities }),
    SDL,
    fetchUpstream('reviews', server.url),
  );
  assert.ok(made.ok, JSON.stringify(made));
  return { subgraph: made.value, server };
}

async function run(
  test: TestContext,
  subgraph: Subgraph,
  text: string,
  variables: Record<string, unknown>,
): Promise<SubgraphResult> {
  const operation = operationOfText('query', undefined, text);
  return await subgraph.execute({ operation, variables, context: createBackgroundContext(test.signal) });
}

/** Every request that was sent must be valid GraphQL for the service. */
function assertValid(server: TestServer) {
  for (const { query } of server.requests) assert.deepEqual(validate(buildSchema(SDL), parse(query)), [], query);
}

const reps = (typeName: string, field: string, values: readonly unknown[]) =>
  values.map((value) => ({ __typename: typeName, [field]: value }));

suite('a fetch of entities from a plain service', () => {
  test('is one list lookup, matched by key whatever the order; what is missing is null, what is asked twice is there twice', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text =
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }';
    const result = await run(t, subgraph, text, { representations: reps('User', 'id', ['3', '1', '77', '3']) });
    assert.deepEqual(result, {
      data: { _entities: [{ name: 'user 3' }, { name: 'user 1' }, null, { name: 'user 3' }] },
    });
    assert.equal(server.requests.length, 1);
    assert.deepEqual(server.requests[0]?.variables, { _weir0_0: ['3', '1', '77'] });
    assertValid(server);
  });

  test('never shares one object between two places', async (t) => {
    const { subgraph } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { friend { id } } } }';
    const result = await run(t, subgraph, text, { r: reps('User', 'id', ['1', '1']) });
    const [first, second] = (result.data as { _entities: Record<string, unknown>[] })._entities;
    assert.deepEqual(first, second);
    assert.notEqual(first, second);
    assert.notEqual(first?.friend, second?.friend);
  });

  test('is matched by the key that is selected already, and by a private one where the name stands for another field', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const own = 'query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on User { id name } } }';
    assert.deepEqual((await run(t, subgraph, own, { r: reps('User', 'id', ['2']) })).data, {
      _entities: [{ __typename: 'User', id: '2', name: 'user 2' }],
    });
    assert.doesNotMatch(server.requests[0]?.query ?? '', /_weirKey/);
    const other = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id: email } } }';
    assert.deepEqual((await run(t, subgraph, other, { r: reps('User', 'id', ['2']) })).data, {
      _entities: [{ id: 'u2@example.com' }],
    });
    assert.match(server.requests[1]?.query ?? '', /_weirKey0:id/);
    assertValid(server);
  });

  test('is many aliased single lookups in one request where no lookup takes a list', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = 'query Cities($r: [_Any!]!) { _entities(representations: $r) { ... on Store { city } } }';
    const result = await run(t, subgraph, text, { r: reps('Store', 'id', [1, 2, 999, 2]) });
    assert.deepEqual(result.data, { _entities: [{ city: 'City 1' }, { city: 'City 2' }, null, { city: 'City 2' }] });
    assert.equal(server.requests.length, 1);
    assert.deepEqual(server.requests[0]?.variables, { _weir0_0_0: 1, _weir0_1_0: 2, _weir0_2_0: 999 });
    assertValid(server);
  });

  test('has at most 50 single lookups in a request', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Store { id } } }';
    const ids = Array.from({ length: 120 }, (_, index) => index + 100);
    const result = await run(t, subgraph, text, { r: reps('Store', 'id', ids) });
    assert.deepEqual(
      result.data?._entities,
      ids.map((id) => ({ id })),
    );
    assert.deepEqual(server.requests.map(({ variables }) => Object.keys(variables ?? {}).length).sort(), [20, 50, 50]);
  });

  test('uses the first key whose fields the representation has', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
    const r = [
      { __typename: 'User', email: 'u2@example.com' },
      { __typename: 'User', id: '1' },
    ];
    assert.deepEqual((await run(t, subgraph, text, { r })).data, {
      _entities: [{ name: 'user 2' }, { name: 'user 1' }],
    });
    assert.equal(server.requests.length, 1);
    assertValid(server);
  });

  test('serves composite keys, several types and several _entities fields in one request, with other variables and root fields kept', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = `query Mixed($r0: [_Any!]!, $r1: [_Any!]!, $loud: Boolean!, $unused: Int) {
      _e0: _entities(representations: $r0) { ...U ... on Product { title region } }
      _e1: _entities(representations: $r1) { ... on Node { __typename } ... on Store { city @include(if: $loud) } }
      version
    }
    fragment U on User { ...Name } fragment Name on User { name(loud: $loud) }`;
    const result = await run(t, subgraph, text, {
      r0: [
        ...reps('User', 'id', ['1']),
        { __typename: 'Product', sku: 'b', region: 'eu' },
        { __typename: 'Product', sku: 'b', region: 'us' },
      ],
      r1: [...reps('Store', 'id', [5]), ...reps('User', 'id', ['2'])],
      loud: true,
      unused: 1,
    });
    assert.deepEqual(result, {
      data: {
        _e0: [{ name: 'USER 1' }, { title: 'Product b', region: 'eu' }, null],
        _e1: [{ city: 'City 5' }, { __typename: 'User' }],
        version: '1',
      },
    });
    assert.equal(server.requests.length, 1);
    assertValid(server);
  });

  test('goes through an interface lookup and takes only entities of the wanted type', async (t) => {
    const entities = {
      User: { key: 'id', lookup: 'nodes(ids: $id)' },
      Product: { key: 'id', lookup: 'node(id: $id)' },
    };
    const { subgraph, server } = await plainSubgraph(t, entities);
    const text =
      'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } ... on Product { title } } }';
    const r = [...reps('User', 'id', ['1', 'pa']), ...reps('Product', 'id', ['pa', '1'])];
    const result = await run(t, subgraph, text, { r });
    assert.deepEqual(result.data, { _entities: [{ name: 'user 1' }, null, { title: 'Product a' }, null] });
    assertValid(server);
  });

  test('takes a key inside nested arguments as a list', async (t) => {
    const { subgraph, server } = await plainSubgraph(t, {
      Store: { key: 'id', lookup: 'stores(where: { id: { in: $id } })' },
    });
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Store { city } } }';
    const result = await run(t, subgraph, text, { r: reps('Store', 'id', [4, 3]) });
    assert.deepEqual(result.data, { _entities: [{ city: 'City 4' }, { city: 'City 3' }] });
    assert.deepEqual(server.requests[0]?.variables, { _weir0_0: [4, 3] });
    assertValid(server);
  });

  test('writes the request once for each shape, whatever the values', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const operation = operationOfText(
      'query',
      'Q',
      'query Q($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }',
    );
    const context = createBackgroundContext(t.signal);
    for (const ids of [['1'], ['1', '2', '3']]) {
      await subgraph.execute({
        operation,
        variables: undefined,
        variablesText: JSON.stringify({ r: reps('User', 'id', ids) }),
        context,
      });
    }
    const texts = new Set(server.requests.map((request: Recorded) => request.query));
    assert.deepEqual([...texts], ['query Q($_weir0_0:[ID!]!){_weir0:usersByIds(ids:$_weir0_0){name _weirKey0:id}}']);
  });

  test('asks nothing where nothing is wanted', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
    assert.deepEqual(await run(t, subgraph, text, { r: [] }), { data: { _entities: [] } });
    assert.equal(server.requests.length, 0);
  });
});

suite('an error inside looked up entities', () => {
  test('has the path of each place that wants the entity of a list', async (t) => {
    const { subgraph } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { broken } } }';
    const result = await run(t, subgraph, text, { r: reps('User', 'id', ['2', '1', '2']) });
    assert.deepEqual(result.data, { _entities: [{ broken: null }, { broken: null }, { broken: null }] });
    assert.deepEqual(result.errors?.map(({ message, path }) => `${message} at ${path?.join('.')}`).sort(), [
      'broken 1 at _entities.1.broken',
      'broken 2 at _entities.0.broken',
      'broken 2 at _entities.2.broken',
    ]);
  });

  test('has the path of the entity of a single lookup', async (t) => {
    const { subgraph } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _e0: _entities(representations: $r) { ... on Store { city } } }';
    const result = await run(t, subgraph, text, { r: reps('Store', 'id', [1, 13]) });
    assert.deepEqual(result.data, { _e0: [{ city: 'City 1' }, null] });
    assert.deepEqual(result.errors, [{ message: 'store 13 is haunted', path: ['_e0', 1] }]);
  });

  test('is one of the gateway where a representation has no declared key', async (t) => {
    const { subgraph, server } = await plainSubgraph(t);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
    const result = await run(t, subgraph, text, {
      r: [{ __typename: 'User', phone: '1' }, { __typename: 'constructor' }],
    });
    assert.deepEqual(result.data, { _entities: [null, null] });
    assert.deepEqual(
      result.errors?.map(({ path, extensions }) => ({ path, extensions })),
      [
        { path: ['_entities', 0], extensions: { code: 'INTERNAL_ERROR' } },
        { path: ['_entities', 1], extensions: { code: 'INTERNAL_ERROR' } },
      ],
    );
    assert.equal(server.requests.length, 0);
  });

  test('is one error without data where the service is down', async (t) => {
    const url = 'http://127.0.0.1:1/graphql';
    const made = await createSubgraph(
      graphqlUpstreamConfig(url, { entities: ENTITIES }),
      SDL,
      fetchUpstream('reviews', url),
    );
    assert.ok(made.ok);
    const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
    const result = await run(t, made.value, text, { r: reps('User', 'id', ['1']) });
    assert.equal(result.data, null);
    assert.deepEqual(
      result.errors?.map((error) => error.extensions),
      [{ code: 'UPSTREAM_UNAVAILABLE' }],
    );
  });
});
