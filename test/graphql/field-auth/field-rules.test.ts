import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';
import type { FieldAuthDefinition } from '../../../src/config/schema/field-auth.ts';
import { compileFieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { compileFieldPolicies, type Policy } from '../../../src/graphql/field-auth/policies.ts';
import { normaliseOperation } from '../../../src/planner/normalise.ts';
import { compose } from '../compose-schema.ts';
import { requestOf } from '../request-context.ts';

const DIRECTIVES = `
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
`;

interface Asking {
  readonly scopes?: readonly string[] | null;
  readonly rules?: FieldAuthDefinition['rules'];
  readonly policies?: Readonly<Record<string, Policy>>;
}

/** The paths that are refused. */
async function refused(schema: GraphQLSchema, query: string, asking: Asking = {}): Promise<readonly string[]> {
  const { scopes = null, rules = {}, policies = {} } = asking;
  const document = parse(query);
  assert.deepEqual(validate(schema, document), []);
  const auth = compileFieldAuth(schema, { mode: 'reject', rules }, compileFieldPolicies({}, [policies]));
  const fields = await auth.judge(normaliseOperation(schema, document, null, {}), requestOf(scopes));
  return fields.map(({ path }) => path.join('.'));
}

describe('what composed subgraphs ask of clients', () => {
  const { apiSchema } = compose({
    accounts: `
      type Query { me: User nodes: [Node!]! media: [Media] level: Level stamp: Stamp vault: Vault open: String }
      interface Node { id: ID! secret: String }
      type User implements Node @key(fields: "id") {
        id: ID!
        secret: String @shareable @requiresScopes(scopes: [["a"], ["b"]])
        email: String @shareable @requiresScopes(scopes: [["x", "y"]])
        owner: String @policy(policies: [["owner", "day"], ["root"]])
      }
      type Public implements Node { id: ID! secret: String name: String }
      type Vault @authenticated { key: String }
      enum Level @authenticated { LOW HIGH }
      scalar Stamp @requiresScopes(scopes: [["stamp"]])
      interface Media @key(fields: "id") { id: ID! title: String }
      type Book implements Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") @authenticated { id: ID! title: String }`,
    more: `
      type User @key(fields: "id") {
        id: ID!
        secret: String @shareable @requiresScopes(scopes: [["c"]])
        email: String @shareable
      }
      type Media @interfaceObject @key(fields: "id") { id: ID! rating: Int }`,
  });

  it('is the sum of what each subgraph asks: one of the lists of each, all of a list', async () => {
    const query = '{ me { secret email } }';
    assert.deepEqual(await refused(apiSchema, query), ['me.secret', 'me.email']);
    assert.deepEqual(await refused(apiSchema, query, { scopes: ['a', 'x'] }), ['me.secret', 'me.email']);
    assert.deepEqual(await refused(apiSchema, query, { scopes: ['b', 'c', 'x', 'y'] }), []);
  });

  it('holds for values of objects, scalars and enums, whatever is selected of them', async () => {
    assert.deepEqual(await refused(apiSchema, '{ vault { __typename } level stamp open }'), [
      'vault',
      'level',
      'stamp',
    ]);
    assert.deepEqual(await refused(apiSchema, '{ vault { key } level stamp }', { scopes: [] }), ['stamp']);
    assert.deepEqual(await refused(apiSchema, '{ vault { key } level stamp }', { scopes: ['stamp'] }), []);
  });

  it('holds through an interface for every type that the value may have', async () => {
    assert.deepEqual(await refused(apiSchema, '{ nodes { secret } }'), ['nodes.@.secret']);
    assert.deepEqual(await refused(apiSchema, '{ nodes { s: secret ... on Node { ... on User { t: secret } } } }'), [
      'nodes.@.s',
      'nodes.@.t',
    ]);
    assert.deepEqual(await refused(apiSchema, 'query { nodes { ...F } } fragment F on Node { secret }'), [
      'nodes.@.secret',
    ]);
  });

  it('asks nothing of who selects on types that ask nothing', async () => {
    assert.deepEqual(await refused(apiSchema, '{ nodes { __typename id ... on Public { secret name } } }'), []);
    assert.deepEqual(await refused(apiSchema, '{ media { __typename ... on Book { title rating } } }'), []);
    assert.deepEqual(await refused(apiSchema, '{ media { title ... on Book { rating } } }'), ['media.@.title']);
  });

  it('holds for fields that an interface object adds', async () => {
    assert.deepEqual(await refused(apiSchema, '{ media { ... on Film { rating } } }'), ['media.@.rating']);
    assert.deepEqual(await refused(apiSchema, '{ media { rating } }'), ['media.@.rating']);
  });

  it('is told once for a field and all below it', async () => {
    assert.deepEqual(await refused(apiSchema, '{ vault { key a: key } open }'), ['vault']);
  });

  it('does not hold what a condition leaves out, nor operations that are not run', async () => {
    assert.deepEqual(
      await refused(apiSchema, '{ me @skip(if: true) { secret } vault @include(if: false) { key } open }'),
      [],
    );
  });

  it('is asked of policies: all of one list must hold, and one that nobody defines does not', async () => {
    const ask = (policies: Readonly<Record<string, Policy>>) =>
      refused(apiSchema, '{ me { owner } }', { policies, scopes: [] });
    assert.deepEqual(await ask({}), ['me.owner']);
    assert.deepEqual(await ask({ owner: () => true }), ['me.owner']);
    assert.deepEqual(await ask({ owner: () => true, day: async () => true }), []);
    assert.deepEqual(await ask({ root: ({ identity }) => identity?.subject === 'ada' }), []);
    await assert.rejects(ask({ root: () => Promise.reject(new Error('broken')) }), /broken/);
  });

  it('can be asked for by the config too, beside what the schemas ask', async () => {
    const rule = { authenticated: true, scopes: [['admin']], policies: undefined };
    const query = '{ open nodes { id ... on Public { name } } me { email } }';
    const ask = (coordinate: string, scopes: readonly string[] = ['x', 'y']) =>
      refused(apiSchema, query, { rules: { [coordinate]: rule }, scopes });
    assert.deepEqual(await ask('Query.open'), ['open']);
    assert.deepEqual(await ask('Public'), ['nodes.@.id', 'nodes.@.name']);
    assert.deepEqual(await ask('Node'), ['nodes']);
    assert.deepEqual(await ask('Node.id'), ['nodes.@.id']);
    assert.deepEqual(await ask('User.email', ['admin']), ['me.email']);
    assert.deepEqual(await ask('User.email', ['admin', 'x', 'y']), []);
  });
});

describe('rules on an interface that no implementation has', () => {
  const schema = buildSchema(`${DIRECTIVES}
    type Query { a: A node: Node safe: Safe }
    interface Node { id: ID @authenticated plain: String }
    interface Safe @requiresScopes(scopes: [["safe"]]) { code: String }
    type A implements Node & Safe { id: ID plain: String code: String other: String }
    type B implements Node { id: ID plain: String }
  `);

  it('hold for all of them, also where nobody asks through the interface', async () => {
    assert.deepEqual(await refused(schema, '{ a { id plain code other } }'), ['a.id', 'a.code']);
    assert.deepEqual(await refused(schema, '{ node { ... on A { id } ... on B { id } } }'), ['node.id', 'node.id']);
    assert.deepEqual(await refused(schema, '{ safe { __typename } }', { scopes: [] }), ['safe']);
  });
});

it('a directive renamed by a link keeps its meaning', async () => {
  const { apiSchema } = compose({
    a: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@authenticated", as: "@signedIn" }])
      type Query { open: String closed: String @signedIn }`,
  });
  assert.deepEqual(await refused(apiSchema, '{ open closed }'), ['closed']);
});

it('a policy with two definitions is refused', () => {
  assert.throws(
    () => compileFieldPolicies({}, [{ owner: () => true }, { owner: () => true }]),
    /Cannot compile the policies: two have the name "owner"/,
  );
});
