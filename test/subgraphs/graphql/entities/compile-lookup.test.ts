import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { buildSchema } from 'graphql';
import { compileLookup } from '../../../../src/subgraphs/graphql/entities/compile-lookup.ts';

const schema = buildSchema(`
  type User { id: ID! region: String! age: Int friends: [User] }
  input Key { id: ID! region: String! }
  input Where { id: ID, ids: [ID!] }
  interface Thing { id: ID! }
  type Query {
    user(id: ID!): User
    userBy(where: Where!): User
    usersByIds(ids: [ID!]!): [User!]!
    usersByKeys(keys: [Key!]!): [User]
    oneOfMany(ids: [ID!]!): User
    matrix(ids: [ID!]!): [[User]]
    two(ids: [ID!]!, regions: [String!]!): [User]
    strict(id: ID!, tenant: String!): User
    byAge(age: Boolean): User
    thing(id: ID!): Thing
    version: String
  }
`);

function compile(key: string, lookup: string, typeName = 'User') {
  return compileLookup(schema, typeName, { key, lookup });
}

suite('a lookup', () => {
  const cases: [key: string, lookup: string, takesList: boolean, types: string[]][] = [
    ['id', 'user(id: $id)', false, ['ID!']],
    ['id', 'userBy(where: { id: $id })', false, ['ID!']],
    ['id', 'usersByIds(ids: $id)', true, ['[ID!]!']],
    ['id', 'usersByIds(ids: [$id])', true, ['[ID!]!']],
    ['id region', 'usersByKeys(keys: [{ id: $id, region: $region }])', true, ['[Key!]!']],
    ['id', 'usersByKeys(keys: [{ id: $id, region: "eu" }])', true, ['[Key!]!']],
    ['id', 'strict(id: $id, tenant: "t1")', false, ['ID!']],
  ];
  for (const [key, lookup, takesList, types] of cases) {
    test(`"${lookup}" ${takesList ? 'takes a list' : 'is single'}`, () => {
      const compiled = compile(key, lookup);
      assert.ok('lookup' in compiled, JSON.stringify(compiled));
      assert.equal(compiled.lookup.takesList, takesList);
      assert.deepEqual(
        compiled.lookup.holes.map((hole) => hole.type),
        types,
      );
    });
  }

  test('reads its values from the representation', () => {
    const compiled = compile('id region', 'usersByKeys(keys: [{ id: $id, region: $region }])');
    assert.ok('lookup' in compiled);
    assert.deepEqual(compiled.lookup.holes[0]?.read({ __typename: 'User', id: '1', region: 'eu' }), {
      id: '1',
      region: 'eu',
    });
  });
});

suite('a lookup that does not fit the schema is refused at start with the way out', () => {
  const cases: [key: string, lookup: string, typeName: string, message: RegExp, hint: RegExp][] = [
    ['id', 'user(id: $id)', 'Usr', /no type "Usr"/, /Did you mean "User"\?/],
    ['id', 'user(id: $id)', 'Thing', /"Thing" is no object type/, /./],
    ['idd', 'user(id: $idd)', 'User', /names "idd", which User does not have/, /Did you mean "id"\?/],
    ['friends', 'user(id: $friends)', 'User', /key field "friends" is of type \[User\]/, /scalars/],
    ['id', 'usr(id: $id)', 'User', /no query field "usr"/, /Did you mean "user"\?/],
    ['id', 'user(ident: $id)', 'User', /no argument "ident"/, /"id"/],
    ['id', 'userBy(where: { idd: $id })', 'User', /input type Where has no field "idd"/, /Did you mean "id/],
    ['id', 'user(id: $idd)', 'User', /"\$idd".*is no field of the key "id"/, /Did you mean "id"\?/],
    ['id region', 'user(id: $id)', 'User', /does not use the key field "region"/, /Pass "\$region"/],
    ['age', 'byAge(age: $age)', 'User', /User\.age of type Int, but stands where "byAge" takes Boolean/, /one type/],
    ['id', 'oneOfMany(ids: $id)', 'User', /takes a list but returns User/, /returns \[User\]/],
    ['id', 'matrix(ids: $id)', 'User', /returns \[\[User\]\]/, /\[User\]/],
    ['id', 'thing(id: $id)', 'User', /returns Thing/, /User/],
    ['id region', 'two(ids: $id, regions: $region)', 'User', /several lists/, /input objects/],
    ['id', 'strict(id: $id)', 'User', /tenant.*required/, /arguments of "strict"/],
    ['id', 'strict(id: $id, tenant: 5)', 'User', /String/, /arguments of "strict"/],
    ['id', 'user(id: $id', 'User', /no GraphQL/, /Write it like/],
    ['id', 'user(id: $id) { id }', 'User', /not one query field/, /Write it like/],
    ['id', 'usersByIds(ids: [$id, $id])', 'User', /has 2 items/, /one item/],
    ['id', 'user(id: { a: $id })', 'User', /stands where "user" takes ID!/, /Give a value of type ID!/],
  ];
  for (const [key, lookup, typeName, message, hint] of cases) {
    test(`${typeName}: { key: "${key}", lookup: "${lookup}" }`, () => {
      const compiled = compile(key, lookup, typeName);
      assert.ok('complaints' in compiled);
      assert.match(compiled.complaints[0]?.message ?? '', message);
      assert.match(compiled.complaints[0]?.hint ?? '', hint);
    });
  }
});
