import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Recorded, RestService, run } from './rest-service.ts';

const LINK = (version: string) => `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@key", "@external", "@requires"])
  @link(url: "https://specs.apollo.dev/connect/v${version}", import: ["@source", "@connect"])
  @source(name: "api", http: { baseURL: "https://api.example.com" })
`;
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on User { id name } } }';
const user = (id: unknown) => ({ __typename: 'User', id });

describe('entities by a field with "entity: true"', () => {
  const sdl = `${LINK('0.1')}
    type Query { user(id: ID!): User @connect(source: "api", entity: true, http: { GET: "/users/{$args.id}" }, selection: "id name") }
    type User { id: ID! name: String
      posts: [Post!] @connect(source: "api", http: { GET: "/posts?user={$this.id}" }, selection: "title") }
    type Post { title: String }`;
  const answer = ({ line }: Recorded) => {
    const id = line.split('/').at(-1);
    if (line.startsWith('GET /posts')) return { body: [{ title: line.split('=')[1] }] };
    if (id === 'gone') return { body: 'null' };
    return id === '500' ? { status: 500, body: {} } : { body: { id, name: `n${id}` } };
  };

  test('each representation is found by its key, equal ones once, null where there is none', async () => {
    await using service = await RestService.start(answer);
    const result = await run(service.subgraph(sdl), ENTITIES, { r: [user('1'), user('gone'), user(2), user('1')] });
    assert.deepEqual(result, {
      data: {
        _entities: [
          { __typename: 'User', id: '1', name: 'n1' },
          null,
          { __typename: 'User', id: '2', name: 'n2' },
          { __typename: 'User', id: '1', name: 'n1' },
        ],
      },
    });
    assert.deepEqual(service.lines, ['GET /users/1', 'GET /users/gone', 'GET /users/2']);
  });

  test('a failed lookup is an error at its own representation', async () => {
    await using service = await RestService.start(answer);
    const result = await run(service.subgraph(sdl), ENTITIES, { r: [user('500'), user('1')] });
    assert.deepEqual(result, {
      data: { _entities: [null, { __typename: 'User', id: '1', name: 'n1' }] },
      errors: [
        {
          message: 'An upstream reported an error',
          path: ['_entities', 0],
          extensions: { code: 'UPSTREAM_ERROR', http: { status: 500 } },
        },
      ],
    });
  });

  test('an entity is not looked up for what its representation or a connector of its field gives', async () => {
    await using service = await RestService.start(answer);
    const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id posts { title } } } }';
    const result = await run(service.subgraph(sdl), text, { r: [user('1'), user('2')] });
    assert.deepEqual(result.data, {
      _entities: [
        { id: '1', posts: [{ title: '1' }] },
        { id: '2', posts: [{ title: '2' }] },
      ],
    });
    assert.deepEqual(service.lines, ['GET /posts?user=1', 'GET /posts?user=2']);
  });

  test('what is no object, has no key or another type is null', async () => {
    await using service = await RestService.start(answer);
    const r = [5, {}, { __typename: '__proto__', id: 1 }, { __typename: 'User' }, user(null)];
    const { data, errors } = await run(service.subgraph(sdl), ENTITIES, { r });
    assert.deepEqual(data, { _entities: [null, null, null, null, null] });
    assert.deepEqual(service.lines, []);
    assert.deepEqual(errors?.map(({ path }) => path?.[1]).toSorted(), [1, 2, 3, 4]);
  });
});

describe('entities by a connector on their type', () => {
  test('one call for many, results in any order, null where one is missing', async () => {
    await using service = await RestService.start(({ body }) => {
      const ids = (JSON.parse(body) as { ids: string[] }).ids;
      const found = ids.filter((id) => id !== 'gone').map((id) => ({ id: Number(id), name: `n${id}` }));
      return { body: { users: found.toReversed() } };
    });
    const sdl = `${LINK('0.2')}
      type Query { me: User @connect(source: "api", http: { GET: "/me" }, selection: "id") }
      type User @connect(source: "api", http: { POST: "/users/batch", body: "ids: $batch.id" }, selection: "$.users { id name }")
        { id: ID! name: String }`;
    const result = await run(service.subgraph(sdl), ENTITIES, { r: ['1', 2, 'gone', '3', '1'].map(user) });
    assert.deepEqual(result.data, {
      _entities: [
        { __typename: 'User', id: '1', name: 'n1' },
        { __typename: 'User', id: '2', name: 'n2' },
        null,
        { __typename: 'User', id: '3', name: 'n3' },
        { __typename: 'User', id: '1', name: 'n1' },
      ],
    });
    assert.deepEqual(service.lines, ['POST /users/batch']);
    assert.equal(service.requests[0]?.body, '{"ids":["1",2,"gone","3"]}');
  });

  test('a batch is cut where its size ends; objects that lack fields are gathered into batches as well', async () => {
    await using service = await RestService.start(({ line }) => {
      if (line === 'GET /users') return { body: [1, 2, 3, 4, 5].map((id) => ({ id })) };
      const ids = new URL(line.split(' ')[1] ?? '', 'http://host').searchParams.getAll('id');
      return { body: ids.map((id) => ({ id, name: `n${id}` })) };
    });
    const sdl = `${LINK('0.2')}
      type Query { users: [User!] @connect(source: "api", http: { GET: "/users" }, selection: "id") }
      type User @connect(source: "api", batch: { maxSize: 2 }, http: { GET: "/users?id={$batch.id}" }, selection: "id name")
        { id: ID! name: String }`;
    const { data } = await run(service.subgraph(sdl), '{ users { name } }');
    assert.deepEqual(data, { users: [1, 2, 3, 4, 5].map((id) => ({ name: `n${id}` })) });
    assert.deepEqual(service.lines, ['GET /users', 'GET /users?id=1&id=2', 'GET /users?id=3&id=4', 'GET /users?id=5']);
  });

  test('of two connectors for one key, the one that takes many is called', async () => {
    await using service = await RestService.start(() => ({ body: [{ id: 1, name: 'n' }] }));
    const sdl = `${LINK('0.2')}
      type Query { user(id: ID!): User @connect(source: "api", entity: true, http: { GET: "/users/{$args.id}" }, selection: "id name") }
      type User @connect(source: "api", http: { GET: "/users?id={$batch.id}" }, selection: "id name") { id: ID! name: String }`;
    await run(service.subgraph(sdl), ENTITIES, { r: [user(1), user(2)] });
    assert.deepEqual(service.lines, ['GET /users?id=1&id=2']);
  });

  test('an answer to a batch that is no list is an error of each', async () => {
    await using service = await RestService.start(() => ({ body: { id: 1 } }));
    const sdl = `${LINK('0.2')}
      type Query { me: User @connect(source: "api", http: { GET: "/me" }, selection: "id") }
      type User @connect(source: "api", http: { GET: "/users?id={$batch.id}" }, selection: "id name") { id: ID! name: String }`;
    const { errors } = await run(service.subgraph(sdl), ENTITIES, { r: [user(1), user(2)] });
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions?.code),
      ['UPSTREAM_BAD_RESPONSE', 'UPSTREAM_BAD_RESPONSE'],
    );
  });

  test('composite keys, one call each', async () => {
    await using service = await RestService.start(({ line }) => ({ body: { name: line } }));
    const sdl = `${LINK('0.2')}
      type Query { me: User @connect(source: "api", http: { GET: "/me" }, selection: "id org { id }") }
      type User @connect(source: "api", http: { GET: "/orgs/{$this.org.id}/users/{$this.id}" }, selection: "name id: $this.id org: $this.org { id }")
        { id: ID! name: String org: Org }
      type Org { id: ID! }`;
    const subgraph = service.subgraph(sdl);
    assert.match(subgraph.sdl, /type User @key\(fields: "org { id } id"\)/);
    const { data } = await run(subgraph, ENTITIES, { r: [{ __typename: 'User', id: 1, org: { id: 'a/b' } }] });
    assert.deepEqual(data, { _entities: [{ __typename: 'User', id: '1', name: 'GET /orgs/a%2Fb/users/1' }] });
  });
});

test('a field that reads external fields requires them', async () => {
  await using service = await RestService.start(({ line }) => ({ body: { price: line } }));
  const sdl = `${LINK('0.1')}
    type Product @key(fields: "id") { id: ID! weight: Int @external
      shipping: String @connect(source: "api", http: { GET: "/price?w={$this.weight}" }, selection: "$.price") }`;
  const subgraph = service.subgraph(sdl);
  assert.match(subgraph.sdl, /shipping: String @requires\(fields: "weight"\)/);
  const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product { shipping } } }';
  const { data } = await run(subgraph, text, { r: [{ __typename: 'Product', id: 1, weight: 3 }] });
  assert.deepEqual(data, { _entities: [{ shipping: 'GET /price?w=3' }] });
});

test('unions and interfaces tell their types by __typename', async () => {
  await using service = await RestService.start(() => ({
    body: [{ kind: 'book', title: 'T' }, { kind: 'film', minutes: 90 }, { kind: 'odd' }],
  }));
  const sdl = `${LINK('0.3')}
    type Query { media: [Media] @connect(source: "api", http: { GET: "/media" }, selection: """
      __typename: kind->match(["book", "Book"], ["film", "Film"])
      title
      minutes
    """) }
    union Media = Book | Film
    type Book { title: String }
    type Film { minutes: Int }`;
  const result = await run(
    service.subgraph(sdl),
    '{ media { __typename ... on Book { title } ... on Film { minutes } } }',
  );
  assert.deepEqual(result.data, {
    media: [{ __typename: 'Book', title: 'T' }, { __typename: 'Film', minutes: 90 }, null],
  });
  assert.deepEqual(
    result.errors?.map(({ path, extensions }) => [path, extensions?.code]),
    [[['media', 2], 'UPSTREAM_BAD_RESPONSE']],
  );
});
