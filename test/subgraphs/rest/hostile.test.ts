import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRestSubgraph } from '../../../src/subgraphs/rest/create-rest-subgraph.ts';
import { fetchUpstream, RestService, restConfig, run } from './rest-service.ts';

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@source", "@connect"])
  @source(name: "api", http: { baseURL: "https://api.example.com" })
type Query {
  user(id: ID!): User @connect(source: "api", entity: true, http: { GET: "/users/{$args.id}" }, selection: "id name tags friends { id }")
  any: Any @connect(source: "api", http: { GET: "/any" }, selection: "$")
}
scalar Any
type User @connect(source: "api", http: { GET: "/users?id={$batch.id}" }, selection: "id name tags friends { id }")
  { id: ID! name: String tags: [String] friends: [User] }
`;
const ALL = '{ user(id: 1) { id name tags friends { id name } } }';

describe('hostile answers', () => {
  const bodies: readonly (readonly [what: string, body: string])[] = [
    ['an array 100000 levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['an object 100000 levels deep', `${'{"friends":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a deep array with a long number', `[${'['.repeat(100_000)}${']'.repeat(100_000)},12345678901234567890]`],
    [
      'a prototype',
      '{"__proto__":{"id":"evil","name":"evil"},"constructor":{"prototype":{"polluted":1}},"id":{"toString":1}}',
    ],
    ['half of a text', '{"id":1,"name":"'],
    ['only white space', '   '],
    ['a number', '1e999'],
    ['a null byte', '\u0000'],
  ];
  for (const [what, body] of bodies) {
    test(`${what} ends in an answer and not in a crash`, async () => {
      await using service = await RestService.start(() => ({ body }));
      const result = await run(service.subgraph(SDL), ALL);
      assert.ok(result.data !== undefined);
      assert.ok(!JSON.stringify(result).includes('evil'));
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });
  }

  test('a list of 100000 objects', async () => {
    const friends = Array.from({ length: 100_000 }, (_, id) => ({ id }));
    await using service = await RestService.start(() => ({ body: { id: 1, friends } }));
    const { data } = await run(service.subgraph(SDL), '{ user(id: 1) { friends { id } } }');
    assert.equal((data as { user: { friends: unknown[] } }).user.friends.length, 100_000);
  });

  test('whatever JSON comes, each error has a code and tells nothing of the data', async () => {
    let body: unknown;
    await using service = await RestService.start(() => ({ body: JSON.stringify(body) }));
    const subgraph = service.subgraph(SDL);
    const users = fc.record(
      { id: fc.jsonValue(), name: fc.jsonValue(), tags: fc.jsonValue(), friends: fc.jsonValue() },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(users, fc.jsonValue()), async (value) => {
        body = value;
        const { data, errors } = await run(subgraph, ALL);
        assert.ok(data !== undefined);
        for (const { message, extensions } of errors ?? []) {
          assert.equal(extensions?.code, 'UPSTREAM_BAD_RESPONSE');
          assert.match(
            message,
            /^(An upstream answered with something unusable|Cannot return null for non-nullable field \w+\.\w+\.)$/,
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  test('whatever representations come, none is another than it was asked for', async () => {
    await using service = await RestService.start(({ line }) => {
      const ids = new URL(line.split(' ')[1] ?? '', 'http://host').searchParams.getAll('id');
      return { body: ids.map((id) => ({ id, name: `n${id}` })).toReversed() };
    });
    const subgraph = service.subgraph(SDL.replace(/user\(id.*\n/, ''));
    const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id name } } }';
    const id = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.constantFrom('__proto__', 'constructor', '..', ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(id, { maxLength: 8 }), async (ids) => {
        const r = ids.map((value) => ({ __typename: 'User', id: value }));
        const { data } = await run(subgraph, text, { r });
        const expected = ids.map((value) => ({ id: String(value), name: `n${value}` }));
        assert.deepEqual(data, { _entities: expected });
      }),
      { numRuns: 100 },
    );
  });
});

test('reading SDL throws nothing, whatever stands in it', () => {
  const pieces = [
    '@connect(',
    '@source(',
    'source: "api"',
    'http: { GET: "/{$args.id}" }',
    'selection: "id { a }"',
    ')',
    '{',
    '}',
    'type Query',
    'type User',
    'id: ID',
    'user(id: ID): User',
    'entity: true',
    '"',
    '"""',
    '$batch',
    '$this.id',
    '[',
    ']',
    ',',
    'extend',
    '@key(fields: "id")',
    '5',
    'null',
    'headers: [{ name: "a" }]',
    'errors: 5',
    'isSuccess: "$->"',
  ];
  const head = SDL.slice(0, SDL.indexOf('type Query'));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => {
      createRestSubgraph(restConfig('http://127.0.0.1:1'), head + parts.join(' '), fetchUpstream('http://127.0.0.1:1'));
    }),
    { numRuns: 500 },
  );
  // Mutations of what is right get further than noise.
  fc.assert(
    fc.property(fc.nat(SDL.length - 1), fc.nat(40), fc.constantFrom('', ...pieces), (at, length, piece) => {
      const text = SDL.slice(0, at) + piece + SDL.slice(at + length);
      createRestSubgraph(restConfig('http://127.0.0.1:1'), text, fetchUpstream('http://127.0.0.1:1'));
    }),
    { numRuns: 1000 },
  );
});
