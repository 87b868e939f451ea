import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRestSubgraph } from '../../../src/subgraphs/rest/create-rest-subgraph.ts';
import { fetchUpstream, restConfig } from './rest-service.ts';

const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@source", "@connect"])
  @source(name: "api", http: { baseURL: "https://api.example.com" })
`;
const V2 = HEAD.replace('connect/v0.1', 'connect/v0.2');
/** The SDL starts on line 4 of the file. */
const connect = (argument: string) => `@connect(source: "api", ${argument})`;
const user = (fields: string, argument: string, types = 'type User { id: ID! name: String }') =>
  `${HEAD}type Query { ${fields} ${connect(argument)} }\n${types}`;

/** The schema; then for each problem: line:column, message, hint. */
const CASES: Readonly<Record<string, readonly [sdl: string, ...problems: string[]]>> = {
  'no link': [
    'type Query { a: Int }',
    '1:1 The schema does not link the connect specification | Add extend schema @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@source", "@connect"])',
  ],
  'no connectors': [HEAD, '1:1 The schema has no connectors | Add @connect(…) to the fields of Query'],
  'unknown version': [
    HEAD.replace('v0.1', 'v0.9'),
    '2:3 The connect specification v0.9 is not known | Link one of v0.1, v0.2, v0.3, v0.4',
  ],
  'SDL that does not parse': [
    `${HEAD}type Query {`,
    '4:13 Syntax Error: Expected Name, found <EOF>. | Correct the SDL',
  ],
  'unknown types': [
    `${HEAD}type Query { a(i: Inn): Usr ${connect('http: { GET: "/a" }, selection: "$"')} } input In { a: Int } type User { a: Int }`,
    '4:19 There is no type "Inn" | Did you mean "Int"?',
    '4:25 There is no type "Usr" | Did you mean "User"?',
  ],
  'a connector on a type before v0.2': [
    `${HEAD}type Query { u: User ${connect('http: { GET: "/" }, selection: "id"')} }
type User ${connect('http: { GET: "/u/{$this.id}" }, selection: "id"')} { id: ID! }`,
    '5:11 @connect on a type needs connect v0.2, the schema links v0.1 | Link connect v0.2',
  ],
  'unknown source': [
    user('user(id: ID!): User', 'http: { GET: "/u/{$args.id}" }, selection: "id name"').replace(
      'source: "api"',
      'source: "ape"',
    ),
    '4:51 There is no source "ape" | Did you mean "api"?',
  ],
  'two sources of one name, and no baseURL': [
    HEAD.replace('@source(', '@source(name: "api", http: {}) @source('),
    '3:30 @source "api" has no baseURL | Add http: { baseURL: "https://…" }',
    '3:34 There are two sources "api" | Give each @source its own name',
  ],
  'unknown argument of a directive, and one of a later version': [
    user('me: User', 'http: { GET: "/me", haeders: [] }, isSuccess: "$(true)", selection: "id name"'),
    '4:67 "http" of Query.me@connect[0] has no "haeders" | Did you mean "headers"?',
    '4:82 "isSuccess" of @connect needs connect v0.2, the schema links v0.1 | Link connect v0.2',
  ],
  'no method, two methods, no such argument': [
    `${HEAD}type Query {
  a: Int ${connect('http: { }, selection: "$"')}
  b: Int ${connect('http: { GET: "/b", POST: "/b" }, selection: "$"')}
  c: Int ${connect('http: { GET: "/c", body: "x: $args.x" }, selection: "$"')}
}`,
    '5:40 "http" of Query.a@connect[0] has no method | Write exactly one of GET, POST, PUT, PATCH, DELETE',
    '6:40 "http" of Query.b@connect[0] has both GET and POST | Write exactly one of GET, POST, PUT, PATCH, DELETE',
    '7:63 "$args.x": "x" is not an argument of Query.c | There is none to choose from.',
  ],
  'a selection that is missing, empty or does not parse': [
    `${HEAD}type Query {
  a: Int ${connect('http: { GET: "/a" }')}
  b: Int ${connect('http: { GET: "/b" }, selection: " "')}
  c: Int ${connect('http: { GET: "/c" }, selection: """\n      id\n\n      name: $->frist\n    """')}
}`,
    '5:10 Query.a@connect[0] selects nothing | Add selection: """…""" with the fields of the answer',
    '6:66 Query.b@connect[0] selects nothing | Add selection: """…""" with the fields of the answer',
    '10:16 "selection" of Query.c@connect[0]: There is no method "->frist"; did you mean "->first"? | Correct the text; the mapping language is that of connect v0.1',
  ],
  'a URL template that does not parse': [
    user('me(id: ID): User', 'http: { GET: "/me/\\u007b$args.}" }, selection: "id name"'),
    '4:85 URL of Query.me@connect[0]: Expected a key after ".", got the end | Correct the text; the mapping language is that of connect v0.1',
  ],
  'headers that are not valid': [
    user(
      'me: User',
      `http: { GET: "/me", headers: [
  { name: "Host", value: "x" }, { name: "a b", value: "x" }, { name: "x-a" }, { name: "x-b", from: "y", value: "z" } ] }, selection: "id name"`,
    ),
    '5:11 The header "host" is set by the HTTP client alone | Remove it',
    '5:41 A header of Query.me@connect[0] has no valid name: "a b" | Give it a name such as "x-api-key"',
    '5:62 The header "x-a" of Query.me@connect[0] needs either "from" or "value" | Keep exactly one of them',
    '5:79 The header "x-b" of Query.me@connect[0] needs either "from" or "value" | Keep exactly one of them',
  ],
  'variables that are not there': [
    user(
      'user(id: ID!): User',
      'http: { GET: "/u/{$args.idd}?a={$this.id}&b={$arg.id}&c={$status}&d={$request.headers}&e={id}" }, selection: "id name"',
    ),
    '4:76 "$args.idd": "idd" is not an argument of Query.user | Did you mean "id"?',
    '4:90 Query.user@connect[0] stands on Query, so there is no "$this" | Use $args',
    '4:103 There is no variable "$arg" | Did you mean "$args"?',
    '4:115 "$status" is known only once there is an answer | Use it in "selection" or "errors"',
    '4:127 "$request" needs connect v0.2, the schema links v0.1 | Link connect v0.2',
    '4:148 Query.user@connect[0] reads "id" of an answer before there is one | Write a variable, such as $args.id, or a literal as $("id")',
  ],
  'keys of input objects and of the object that are not there': [
    `${HEAD}type Query { users(in: In): [User] ${connect('http: { GET: "/u?x={$args.in.b}" }, selection: "id"')} }
input In { a: Int }
type User { id: ID! posts: [Int] ${connect('http: { GET: "/p?u={$this.idd}" }, selection: "$"')} }`,
    '4:80 "$args.in.b": "b" is not a field of In | Did you mean "a"?',
    '6:78 "$this.idd": User has no field "idd" | Did you mean "id"?',
  ],
  'a selection that does not fit its type': [
    user(
      'users: [User]',
      'http: { GET: "/u" }, selection: "id nmae name { first } home boss: $(1)"',
      'type User { id: ID! name: String home: Home boss: User } type Home { city: String street: String }',
    ),
    '4:88 Query.users@connect[0]: User has no field "nmae" | Did you mean "name"? Remove it, or name it with "field: nmae"',
    '4:98 Query.users@connect[0]: User.name is String, but the selection gives it an object | Select a single value, such as "name: path.to.value"',
    '4:108 Query.users@connect[0]: User.home is Home, but the selection does not say which fields of it | Add { city street … } behind it',
    '4:121 Query.users@connect[0]: User.boss is User, but the selection does not say which fields of it | Add { id name home … } behind it',
  ],
  'an abstract type without __typename': [
    user('media: [Media]', 'http: { GET: "/m" }, selection: "title"', 'union Media = Book type Book { title: String }'),
    '4:86 Query.media@connect[0]: Media is abstract, but the selection does not say which type an object has | Add __typename, such as __typename: kind->match(["a", "TypeA"], ["b", "TypeB"])',
  ],
  'entity: true where it cannot be': [
    `${HEAD}type Query {
  a(id: ID!): [User] ${connect('entity: true, http: { GET: "/a/{$args.id}" }, selection: "id name"')}
  b(id: ID!): User! ${connect('entity: true, http: { GET: "/b/{$args.id}" }, selection: "id name"')}
  c: User ${connect('entity: true, http: { GET: "/c" }, selection: "id name"')}
  d(uid: ID!, name: Int): User ${connect('entity: true, http: { GET: "/d/{$args.uid}" }, selection: "id name"')}
}
type User { id: ID! name: String self: User ${connect('entity: true, http: { GET: "/u/{$this.id}" }, selection: "id name"')} }`,
    '5:54 Query.a@connect[0] has "entity: true", but gives [User] | Let the field give one object type, or remove "entity: true"',
    '6:53 Query.b@connect[0] has "entity: true", but its type User! leaves no place for "not found" | Make it User',
    '7:43 Query.c@connect[0] has "entity: true", but no arguments to find an object by | Add the key as arguments, such as (id: ID!)',
    '8:5 Query.d@connect[0] finds User by "uid", which is no field of User | Did you mean "id"?',
    '8:15 Query.d@connect[0] finds User by "name: Int", but the field is String | Give both the same type',
    '10:77 User.self@connect[0] has "entity: true", but does not stand on a field of Query | Remove "entity: true"',
  ],
  'connectors on types': [
    `${V2}type Query { u: [User] ${connect('http: { GET: "/" }, selection: "id"')} }
type User ${connect('http: { GET: "/u?i={$batch.id}" }, selection: "name"')} ${connect('http: { GET: "/u" }, selection: "id"')} { id: ID! name: String }`,
    '5:82 User@connect[0] asks for many objects by "id", but does not select "id", so they cannot be told apart | Add "id" to the selection',
    '5:89 User@connect[1] does not say which User to find | Read the key of the object, such as $this.id, or $batch.id for many at once',
  ],
  'fields that nothing gives': [
    `${HEAD}type Query { user(id: ID!): User ${connect('http: { GET: "/u/{$args.id}" }, selection: "id"')}
  other: Int }
type User { id: ID!
  name: String
  posts(first: Int): Int }
type Subscription { a: Int }`,
    '5:3 Query.other has no connector | Add @connect(…) to it',
    '7:3 No connector selects User.name | Add "name" to a selection that gives User, or add @connect(…) to the field',
    '8:3 User.posts has arguments that nothing reads | Add @connect(…) to it that uses $args, or remove the arguments',
    '9:1 Connectors have no subscriptions | Remove type Subscription',
  ],
  'an object that lacks a field which nothing can fetch': [
    `${HEAD}type Query {
  user: User ${connect('http: { GET: "/u" }, selection: "id name"')}
  users: [User] ${connect('http: { GET: "/us" }, selection: "$.data { id }"')}
}
type User { id: ID! name: String }`,
    '6:82 Query.users@connect[0] gives User without "name", and nothing can fetch it afterwards | Add "name" to the selection, or select the key of a connector that finds User',
  ],
  'a key that nothing resolves': [
    user(
      'user: User',
      'http: { GET: "/u" }, selection: "id name"',
      'type User @key(fields: "id") { id: ID! name: String }',
    ),
    '5:11 Nothing finds User.name by the key "id" | Add a connector with "entity: true" and the key as its arguments, or "resolvable: false" to the @key',
  ],
  'a composite key that no connector has whole': [
    `${HEAD}type Query { item(id: ID!, shop: ShopKey!): Item ${connect('entity: true, http: { GET: "/i/{$args.shop.id}/{$args.id}" }, selection: "id name shop { id code }"')} }
input ShopKey { id: ID! }
type Item @key(fields: "id shop { id }") @key(fields: "id shop { code }") { id: ID! name: String shop: Shop }
type Shop { id: ID! code: ID! }`,
    '6:42 Nothing finds Item.name by the key "id shop { code }" | Add a connector with "entity: true" and the key as its arguments, or "resolvable: false" to the @key',
  ],
  'connectors that wait for each other': [
    `${HEAD}type Query { user: User ${connect('http: { GET: "/u" }, selection: "id"')} }
type User { id: ID!
  a: Int ${connect('http: { GET: "/a/{$this.b}" }, selection: "$"')}
  b: Int ${connect('http: { GET: "/b/{$this.a}" }, selection: "$"')}
}`,
    '6:10 The connectors of User.a → User.b → User.a wait for each other | Read a field of $this that comes from elsewhere',
  ],
};

for (const [what, [sdl, ...expected]] of Object.entries(CASES)) {
  test(`problem: ${what}`, () => {
    const outcome = createRestSubgraph(restConfig('http://127.0.0.1:1'), sdl, fetchUpstream('http://127.0.0.1:1'));
    assert.ok(!outcome.ok, 'the SDL was accepted');
    const told = outcome.problems.map(
      ({ line, column, message, hint }) => `${line ?? '?'}:${column ?? '?'} ${message} | ${hint}`,
    );
    assert.deepEqual(told, expected);
    for (const { file, upstream } of outcome.problems) assert.deepEqual([file, upstream], ['shop.graphql', 'shop']);
  });
}
