import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDirectiveExtensions } from '@graphql-tools/utils';
import { type GraphQLObjectType, getIntrospectionQuery, graphqlSync, printSchema, validateSchema } from 'graphql';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph, type Supergraph } from '../../src/supergraph/supergraph.ts';

function composed(...sdls: string[]): Supergraph {
  const composition = composeSupergraph(sdls.map((sdl, index) => ({ name: `s${index}`, sdl, url: '' })));
  assert.ok('sdl' in composition, JSON.stringify(composition));
  return readSupergraph(composition.sdl);
}

function directivesOf({ apiSchema }: Supergraph, type: string, field?: string): Record<string, unknown> {
  const owner = apiSchema.getType(type) as GraphQLObjectType;
  return getDirectiveExtensions(field === undefined ? owner : (owner.getFields()[field] as never), apiSchema) as never;
}

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes", "@policy",
    "@inaccessible", "@composeDirective", "@tag", "@shareable"])
  @link(url: "https://weir.test/limits/v1.0", import: ["@rateLimit"])
  @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int!, window: String!) on FIELD_DEFINITION
  type Query {
    me: User @authenticated @tag(name: "public")
    find(by: Filter, mode: Mode = FAST, secret: String @inaccessible): Found
    limited: Int @rateLimit(max: 3, window: "1m")
  }
  type User implements Node & Hidden @key(fields: "id") @authenticated {
    id: ID!
    email: String @requiresScopes(scopes: [["read:email"]])
    notes: String @policy(policies: [["hr"]])
    internal: Internal @inaccessible
    old: Int @deprecated(reason: "use id")
  }
  interface Node { id: ID! }
  interface Hidden @inaccessible { id: ID! }
  type Internal @inaccessible { x: Int }
  type Other { y: Int }
  union Found = User | Other | Internal
  input Filter { id: ID secret: String @inaccessible }
  enum Mode { FAST SLOW DEBUG @inaccessible }`;

test('clients see nothing that is inaccessible and nothing of the federation machinery', () => {
  const { apiSchema } = composed(SDL);
  assert.deepEqual(validateSchema(apiSchema), []);
  assert.equal(
    printSchema(apiSchema),
    `type Query {
  me: User
  find(by: Filter, mode: Mode = FAST): Found
  limited: Int
}

type User implements Node {
  id: ID!
  email: String
  notes: String
  old: Int @deprecated(reason: "use id")
}

type Other {
  y: Int
}

interface Node {
  id: ID!
}

union Found = User | Other

enum Mode {
  FAST
  SLOW
}

input Filter {
  id: ID
}`,
  );
  const introspection = JSON.stringify(graphqlSync({ schema: apiSchema, source: getIntrospectionQuery() }));
  assert.doesNotMatch(
    introspection,
    /join__|link__|_Any|_Entity|_Service|inaccessible|policy|requiresScopes|rateLimit/,
  );
});

test('directives that rule serving can be read from fields and types', () => {
  const supergraph = composed(SDL);
  assert.deepEqual(directivesOf(supergraph, 'Query', 'me'), { authenticated: [{}] });
  assert.deepEqual(directivesOf(supergraph, 'User'), { authenticated: [{}] });
  assert.deepEqual(directivesOf(supergraph, 'User', 'email'), { requiresScopes: [{ scopes: [['read:email']] }] });
  assert.deepEqual(directivesOf(supergraph, 'User', 'notes'), { policy: [{ policies: [['hr']] }] });
  assert.deepEqual(directivesOf(supergraph, 'Query', 'limited'), { rateLimit: [{ max: 3, window: '1m' }] });
});

test('directives that a link renames have the names of their specifications', () => {
  const supergraph = readSupergraph(`
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
      @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "loggedIn", for: SECURITY)
      @link(url: "https://specs.apollo.dev/inaccessible/v0.2", import: [{ name: "@inaccessible", as: "@secret" }])
    { query: Query }
    directive @loggedIn on FIELD_DEFINITION
    directive @secret on FIELD_DEFINITION
    enum join__Graph { A @join__graph(name: "a", url: "http://a.test/") }
    type Query @join__type(graph: A) { open: Int  me: Int @loggedIn  hidden: Int @secret }`);
  assert.deepEqual(directivesOf(supergraph, 'Query', 'me'), { authenticated: [{}] });
  assert.deepEqual(Object.keys(supergraph.apiSchema.getQueryType()?.getFields() ?? {}), ['open', 'me']);
});

test('directives that clients may write are kept, those of the type system are not', () => {
  const { apiSchema } = composed(
    'directive @uppercase on FIELD | OBJECT  directive @inner on OBJECT  type Query { a: String }',
  );
  const names = apiSchema.getDirectives().map(({ name }) => name);
  assert.ok(names.includes('uppercase'));
  assert.ok(!names.includes('inner'));
  assert.deepEqual(apiSchema.getDirective('uppercase')?.locations, ['FIELD']);
});

test('a supergraph of Federation 1 (join v0.1, @core) can be read', () => {
  const { apiSchema, graphs } = readSupergraph(`
    schema
      @core(feature: "https://specs.apollo.dev/core/v0.1")
      @core(feature: "https://specs.apollo.dev/join/v0.1")
    { query: Query }
    directive @core(feature: String!) repeatable on SCHEMA
    directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet) on FIELD_DEFINITION
    directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT | INTERFACE
    directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    scalar join__FieldSet
    enum join__Graph {
      ACCOUNTS @join__graph(name: "accounts", url: "http://accounts.test/")
      REVIEWS @join__graph(name: "reviews", url: "http://reviews.test/")
    }
    type Query { me: User @join__field(graph: ACCOUNTS) }
    type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
      id: ID! @join__field(graph: ACCOUNTS)
      reviews: [String] @join__field(graph: REVIEWS)
    }`);
  assert.deepEqual([...graphs.keys()], ['accounts', 'reviews']);
  assert.equal(printSchema(apiSchema), 'type Query {\n  me: User\n}\n\ntype User {\n  id: ID!\n  reviews: [String]\n}');
});

test('a schema that is no supergraph is refused with the reason', () => {
  assert.throws(() => readSupergraph('type Query { a: Int }'), /no enum "join__Graph".*not the schema of one service/);
});
