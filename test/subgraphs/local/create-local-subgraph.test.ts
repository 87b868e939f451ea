import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { type DocumentNode, GraphQLError, GraphQLScalarType, parse } from 'graphql';
import { WeirError } from '../../../src/errors.ts';
import { createBackgroundContext } from '../../../src/subgraphs/background-context.ts';
import { createSubgraph, type LocalServices } from '../../../src/subgraphs/create-subgraph.ts';
import type { LocalContext, OperationText } from '../../../src/subgraphs/local/local-context.ts';
import type { Subgraph } from '../../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';

const NO_SERVICES: LocalServices = {
  query: async () => ({ data: {} }),
  subgraph: () => undefined,
};

function make(sdl: string, resolvers: unknown, services = NO_SERVICES) {
  const config = {
    kind: 'local',
    name: 'shop',
    file: '/conf/upstreams/shop.yaml',
    schema: '/conf/shop.graphql',
    resolvers: '/conf/shop.ts',
  } as const;
  return createSubgraph(config, sdl, undefined, services, resolvers);
}

function local(sdl: string, resolvers: unknown, services = NO_SERVICES): Subgraph {
  const made = make(sdl, resolvers, services);
  assert.ok(made.ok, JSON.stringify(made));
  return made.value;
}

async function run(t: TestContext, subgraph: Subgraph, text: string, variables: Record<string, unknown> = {}) {
  const kind = text.startsWith('mutation') ? 'mutation' : 'query';
  const request = {
    operation: operationOfText(kind, undefined, text),
    variables,
    context: createBackgroundContext(t.signal),
  };
  const { data, errors } = await subgraph.execute(request);
  return { data: JSON.parse(JSON.stringify(data)) as unknown, errors };
}

suite('a local subgraph', () => {
  test('resolves entities by __resolveReference, and by the representation itself where there is none', async (t) => {
    const sdl = `
      type Query { me: User }
      type User @key(fields: "id") { id: ID! first: String @external last: String @external full: String @requires(fields: "first last") }
      type Product @key(fields: "sku") { sku: ID! stock: Int }
      type Plan @key(fields: "id") { id: ID! price: Int @external total: Int @requires(fields: "price") }`;
    class StoredPlan {
      readonly id: string;
      readonly #factor = 2;
      constructor(id: string) {
        this.id = id;
      }
      total() {
        return this.#factor * 21;
      }
    }
    const subgraph = local(sdl, {
      Query: { me: () => ({ id: '1' }) },
      User: { full: ({ first, last }: { first: string; last: string }) => `${first} ${last}` },
      Product: {
        __resolveReference: async ({ sku }: { sku: string }) => (sku === 'none' ? null : { stock: sku.length }),
      },
      Plan: { __resolveReference: ({ id }: { id: string }) => new StoredPlan(id) },
    });
    const text = `query($r: [_Any!]!) { _entities(representations: $r) {
      __typename ... on User { full } ... on Product { sku stock } ... on Plan { id total } } }`;
    const r = [
      { __typename: 'User', id: '1', first: 'Ada', last: 'Lovelace' },
      { __typename: 'Product', sku: 'abc' },
      { __typename: 'Product', sku: 'none' },
      { __typename: 'Plan', id: '7' },
      { __typename: 'Nothing', id: '7' },
    ];
    const { data, errors } = await run(t, subgraph, text, { r });
    assert.deepEqual(data, {
      _entities: [
        { __typename: 'User', full: 'Ada Lovelace' },
        { __typename: 'Product', sku: 'abc', stock: 3 },
        null,
        { __typename: 'Plan', id: '7', total: 42 },
        null,
      ],
    });
    assert.deepEqual(
      errors?.map(({ message, path }) => ({ message, path })),
      [{ message: 'There is no entity type "Nothing"', path: ['_entities', 4] }],
    );
  });

  test('has abstract types by __typename or __resolveType, enums with values of their own, and custom scalars', async (t) => {
    const sdl = `
      interface Node { id: ID! } union Hit = A | B scalar Upper enum Level { LOW HIGH }
      type A implements Node { id: ID! level: Level } type B implements Node { id: ID! text: Upper }
      type Query { nodes: [Node] hits: [Hit] echo(level: Level, text: Upper): String }`;
    const subgraph = local(sdl, {
      Query: {
        nodes: () => [{ __typename: 'A', id: 1, level: 10 }],
        hits: () => [{ text: 'b' }, { level: 1 }],
        echo: (_: unknown, args: { level: number; text: string }) => `${args.level} ${args.text}`,
      },
      Hit: { __resolveType: (hit: object) => ('text' in hit ? 'B' : 'A') },
      Level: { LOW: 1, HIGH: 10 },
      Upper: new GraphQLScalarType({
        name: 'Upper',
        coerceOutputValue: (value) => String(value).toUpperCase(),
        coerceInputValue: (value) => String(value).toLowerCase(),
      }),
    });
    const text = `query($u: Upper) { nodes { __typename id ... on A { level } } hits { ... on A { level } ... on B { text } } echo(level: HIGH, text: $u) }`;
    assert.deepEqual(await run(t, subgraph, text, { u: 'SHOUT' }), {
      data: {
        nodes: [{ __typename: 'A', id: '1', level: 'HIGH' }],
        hits: [{ text: 'B' }, { level: 'LOW' }],
        echo: '10 shout',
      },
      errors: undefined,
    });
  });

  test('is Federation 2 without a @link, and keeps one that is there', () => {
    const sdl = 'type Query { a: Int @authenticated } type User @key(fields: "id") { id: ID! }';
    assert.match(
      local(sdl, { Query: { a: () => 1 } }).sdl,
      /@link\(url: "https:\/\/specs\.apollo\.dev\/federation\/v2\.5", import: \["@authenticated", "@key"\]\)/,
    );
    const linked = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"]) type User @key(fields: "id") { id: ID! }`;
    assert.equal(local(linked, {}).sdl.match(/@link/g)?.length, 1);
  });

  test('masks what resolvers throw, but for GraphQL errors, and keeps the cause for the log', async (t) => {
    const subgraph = local('type Query { a: Int b: Int c: Int d: Int! e: Int }', {
      Query: {
        a: () => {
          throw new Error('password is hunter2');
        },
        b: () => {
          throw new GraphQLError('Sold out', { extensions: { code: 'SOLD_OUT' } });
        },
        c: async () => {
          throw new WeirError('UPSTREAM_TIMEOUT', 'catalog at 10.0.0.1 is slow');
        },
        d: () => 1,
        e: async () => {
          throw new WeirError('FORBIDDEN', 'You need the scope "x"');
        },
      },
    });
    const { data, errors } = await run(t, subgraph, '{ a b c d e }');
    assert.deepEqual(data, { a: null, b: null, c: null, d: 1, e: null });
    const byPath = Object.fromEntries((errors ?? []).map((error) => [error.path?.join('.'), error]));
    assert.deepEqual(byPath.a?.extensions, { code: 'INTERNAL_ERROR' });
    assert.match(String(byPath.a?.cause), /hunter2/);
    assert.doesNotMatch(byPath.a?.message ?? '', /hunter2/);
    assert.deepEqual({ ...byPath.b }, { message: 'Sold out', path: ['b'], extensions: { code: 'SOLD_OUT' } });
    assert.deepEqual(byPath.c?.extensions, { code: 'UPSTREAM_TIMEOUT' });
    assert.doesNotMatch(byPath.c?.message ?? '', /10\.0/);
    assert.equal(byPath.e?.message, 'You need the scope "x"');
  });

  test('says what is wrong with an operation that does not fit its schema', async (t) => {
    const { data, errors } = await run(t, local('type Query { a: Int }', { Query: { a: () => 1 } }), '{ a nope }');
    assert.equal(data, null);
    assert.match(errors?.[0]?.message ?? '', /Cannot query field "nope"/);
  });

  test('gives events of async generators, and ends the generator when its consumer stops', async (t) => {
    let isEnded = false;
    const subgraph = local('type Query { a: Int } type Subscription { count(to: Int!): Int boom: Int }', {
      Query: { a: () => 1 },
      Subscription: {
        count: {
          async *subscribe(_: unknown, { to }: { to: number }) {
            try {
              for (let count = 1; count <= to; count++) yield { count };
            } finally {
              isEnded = true;
            }
          },
        },
        boom: {
          subscribe: async () => {
            throw new Error('secret');
          },
        },
      },
    });
    const context = createBackgroundContext(t.signal);
    const subscription = (text: string) =>
      subgraph.subscribe?.({
        operation: operationOfText('subscription', undefined, text),
        variables: undefined,
        context,
      });
    const seen: unknown[] = [];
    for await (const event of (await subscription('subscription { count(to: 100) }')) ?? []) {
      seen.push({ ...event.data });
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, [{ count: 1 }, { count: 2 }]);
    assert.equal(isEnded, true);
    for await (const event of (await subscription('subscription { boom }')) ?? []) {
      assert.deepEqual(
        event.errors?.map(({ extensions }) => extensions),
        [{ code: 'INTERNAL_ERROR' }],
      );
    }
    assert.equal(local('type Query { a: Int }', { Query: { a: () => 1 } }).subscribe, undefined);
  });
});

suite('the context of local resolvers', () => {
  test('has the request, the gateway and each upstream, typed by the document', async (t) => {
    const asked: unknown[] = [];
    const services: LocalServices = {
      query: async (text, variables, context) => {
        asked.push({ text, variables, requestId: context.requestId });
        return { data: { user: { name: 'Ada' } } };
      },
      subgraph: (name) =>
        name === 'greeter'
          ? local('type Query { hello(name: String): String }', {
              Query: { hello: (_: unknown, { name: who }: { name: string }) => `hello ${who}` },
            })
          : undefined,
    };
    interface UserData {
      user: { name: string };
    }
    const typed = parse('query User($id: ID!) { user(id: $id) { name } }') as DocumentNode &
      OperationText<UserData, { id: string }>;
    const subgraph = local(
      'type Query { name: String greeting: String missing: String wrong: String }',
      {
        Query: {
          name: async (_: unknown, __: unknown, { gateway }: LocalContext) =>
            (await gateway.query(typed, { id: '1' })).data?.user.name,
          greeting: async (_: unknown, __: unknown, { upstream, request }: LocalContext) => {
            const { data } = await upstream('greeter').query<{ hello: string }>(
              'query($n: String) { hello(name: $n) }',
              { n: request.requestId },
            );
            return data?.hello;
          },
          missing: (_: unknown, __: unknown, { upstream }: LocalContext) => upstream('gone').query('{ a }'),
          wrong: async (_: unknown, __: unknown, { upstream }: LocalContext) =>
            JSON.stringify((await upstream('greeter').query('{ hello(')).errors),
        },
      },
      services,
    );
    const context = createBackgroundContext(t.signal);
    const operation = operationOfText('query', undefined, '{ name greeting missing wrong }');
    const { data, errors } = await subgraph.execute({ operation, variables: undefined, context });
    assert.equal(data?.name, 'Ada');
    assert.equal(data?.greeting, `hello ${context.requestId}`);
    assert.match(String(data?.wrong), /GRAPHQL_PARSE_FAILED/);
    assert.equal(asked.length, 1);
    assert.deepEqual(
      { ...(asked[0] as object), text: '' },
      { text: '', variables: { id: '1' }, requestId: context.requestId },
    );
    assert.deepEqual(
      errors?.map(({ path, extensions }) => ({ path, extensions })),
      [{ path: ['missing'], extensions: { code: 'INTERNAL_ERROR' } }],
    );
    assert.match(String(errors?.[0]?.cause), /asks for upstream "gone"/);
  });
});

suite('a resolver map that does not fit the schema is refused at start', () => {
  const SDL =
    'type Query { user: User } type User { id: ID! name: String } enum Level { LOW } scalar Date union U = User type Subscription { tick: Int }';
  const OK = { Query: { user: () => null }, Subscription: { tick: { async *subscribe() {} } } };
  const cases: [name: string, resolvers: unknown, message: RegExp, hint: RegExp][] = [
    ['no object', undefined, /no object/, /export default/],
    ['an unknown type', { ...OK, Usr: {} }, /no type "Usr"/, /Did you mean "User"\?/],
    ['an unknown field', { ...OK, User: { nam: () => 1 } }, /"User" has no field "nam"/, /Did you mean "name"\?/],
    ['an unknown enum value', { ...OK, Level: { HIGH: 1 } }, /no value "HIGH"/, /LOW/],
    ['a field that is no function', { ...OK, User: { name: 'Ada' } }, /"User.name" is no function/, /Give a function/],
    ['a reference of no entity', { ...OK, User: { __resolveReference: () => null } }, /User has no @key/, /Add @key/],
    ['a root field without resolver', { Subscription: OK.Subscription }, /"Query.user" has none/, /root field/],
    [
      'a subscription without subscribe',
      { ...OK, Subscription: { tick: () => 1 } },
      /has no "subscribe"/,
      /async \*subscribe/,
    ],
    ['a built-in scalar', { ...OK, String: {} }, /built in/, /of your own/],
  ];
  for (const [name, resolvers, message, hint] of cases) {
    test(name, () => {
      const made = make(SDL, resolvers);
      assert.ok(!made.ok);
      assert.match(made.problems[0]?.message ?? '', message);
      assert.match(made.problems[0]?.hint ?? '', hint);
      assert.equal(made.problems[0]?.file, '/conf/shop.ts');
    });
  }

  test('as is an SDL that is no valid schema, with file and line', () => {
    const made = make('type Query {\n  user: User\n  oops(\n}', OK);
    assert.ok(!made.ok);
    assert.deepEqual(
      { file: made.problems[0]?.file, line: made.problems[0]?.line },
      { file: '/conf/shop.graphql', line: 4 },
    );
    const other = make('interface I { x: Int } type Query implements I { y: Int }', { Query: { y: () => 1 } });
    assert.ok(!other.ok);
    assert.match(other.problems[0]?.message ?? '', /Interface field I\.x expected/);
  });
});
