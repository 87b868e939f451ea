import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RestService, requestContext, run } from './rest-service.ts';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@key", "@external", "@requires"])
  @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@source", "@connect"])
  @source(name: "api", http: { baseURL: "https://api.example.com/v1" })
`;

const USERS: Record<string, unknown> = {
  '1': { id: 1, full_name: 'Ada', boss: 2, tags: ['a'] },
  '2': { id: 2, full_name: 'Bob', boss: null, tags: [] },
};

const SDL = `${LINK}
type Query {
  user(id: ID!): User @connect(source: "api", entity: true, http: { GET: "/users/{$args.id}" }
    selection: "id name: full_name boss: { id: boss } tags")
  users(ids: [ID!], q: String): [User!]! @connect(source: "api", http: { GET: "/users?id={$args.ids}&q={$args.q}" }
    selection: "$.data { id }")
}
type User { id: ID! name: String! tags: [String!]! boss: User
  posts(limit: Int = 2): [Post!] @connect(source: "api", http: { GET: "/posts?user={$this.id}&limit={$args.limit}" }
    selection: "id title author: { id: $this.id }")
}
type Post { id: ID! title: String author: User }
`;

function answerUsers({ line }: { readonly line: string }) {
  const [, id] = /^GET \/v1\/users\/(\w+)$/.exec(line) ?? [];
  if (id !== undefined) return USERS[id] === undefined ? undefined : { body: USERS[id] };
  if (line.startsWith('GET /v1/users')) return { body: { data: Object.values(USERS) } };
  const [, user] = /^GET \/v1\/posts\?user=(\w+)/.exec(line) ?? [];
  return user === undefined ? undefined : { body: [{ id: `p${user}`, title: null }] };
}

describe('queries', () => {
  test('a root field calls its connector and maps the answer', async () => {
    await using service = await RestService.start(answerUsers);
    const result = await run(service.subgraph(SDL), '{ user(id: "1") { id called: name tags } }');
    assert.deepEqual(result, { data: { user: { id: '1', called: 'Ada', tags: ['a'] } } });
    assert.deepEqual(service.lines, ['GET /v1/users/1']);
    assert.equal(service.requests[0]?.headers.accept, 'application/json');
  });

  test('fields that a selection lacks are found by the entity connector, each object once', async () => {
    await using service = await RestService.start(answerUsers);
    const result = await run(service.subgraph(SDL), '{ users { id name boss { name } } }');
    assert.deepEqual(result, {
      data: {
        users: [
          { id: '1', name: 'Ada', boss: { name: 'Bob' } },
          { id: '2', name: 'Bob', boss: null },
        ],
      },
    });
    assert.deepEqual(service.lines.toSorted(), ['GET /v1/users', 'GET /v1/users/1', 'GET /v1/users/2']);
  });

  test('a connector on a field reads its object and its arguments; equal GETs of one request are sent once', async () => {
    await using service = await RestService.start(answerUsers);
    const text = '{ users { posts { id author { name } } again: posts(limit: 2) { id } } user(id: 1) { name } }';
    const result = await run(service.subgraph(SDL), text);
    assert.deepEqual(result, {
      data: {
        users: [
          { posts: [{ id: 'p1', author: { name: 'Ada' } }], again: [{ id: 'p1' }] },
          { posts: [{ id: 'p2', author: { name: 'Bob' } }], again: [{ id: 'p2' }] },
        ],
        user: { name: 'Ada' },
      },
    });
    assert.deepEqual(service.lines.toSorted(), [
      'GET /v1/posts?user=1&limit=2',
      'GET /v1/posts?user=2&limit=2',
      'GET /v1/users',
      'GET /v1/users/1',
      'GET /v1/users/2',
    ]);
  });

  test('another client request asks again; another operation of the same one does not', async () => {
    await using service = await RestService.start(answerUsers);
    const subgraph = service.subgraph(SDL);
    const context = requestContext();
    await run(subgraph, '{ user(id: 1) { id } }', undefined, context);
    await run(subgraph, '{ user(id: 1) { name } }', undefined, context);
    assert.equal(service.lines.length, 1);
    await run(subgraph, '{ user(id: 1) { id } }');
    assert.equal(service.lines.length, 2);
  });

  test('variables, lists in the query and absent query values', async () => {
    await using service = await RestService.start(answerUsers);
    await run(service.subgraph(SDL), 'query ($ids: [ID!], $q: String) { users(ids: $ids, q: $q) { id } }', {
      ids: ['a b', 'c'],
    });
    assert.deepEqual(service.lines, ['GET /v1/users?id=a%20b&id=c']);
  });
});
