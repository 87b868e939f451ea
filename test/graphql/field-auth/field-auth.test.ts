import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Behind, type Served, serveGateway } from '../serve-gateway.ts';

const PEOPLE: Behind = {
  sdl: `
    type Query { me: Person people: [Person!]! nodes: [Node] team: Team! policed: String coded: String }
    interface Node { id: ID! note: String }
    type Person implements Node {
      id: ID!
      note: String @requiresScopes(scopes: [["notes"]])
      email: String @authenticated
      salary: Int! @requiresScopes(scopes: [["salary:read", "hr"], ["admin"]])
    }
    type Robot implements Node { id: ID! note: String }
    type Team { lead: Person! name: String }
    extend type Query { kept: String @policy(policies: [["office"]]) own: String @policy(policies: [["coded"]]) }`,
  resolvers: {
    Query: {
      me: () => ({ id: '1', email: 'ada@example.com', salary: 7, note: 'n1' }),
      people: () => [
        { id: '1', email: 'ada@example.com', salary: 7, note: 'n1' },
        { id: '2', email: 'bob@example.com', salary: 8, note: 'n2' },
      ],
      nodes: () => [
        { __typename: 'Person', id: '1', note: 'n1' },
        { __typename: 'Robot', id: '2', note: 'n2' },
      ],
      team: () => ({ name: 'core', lead: { id: '1', salary: 7 } }),
      kept: () => 'kept',
      own: () => 'own',
    },
  },
};
const auth = { policies: { named: { office: { claims: { sub: 'ada' }, scopes_any: ['desk'] } } } };
const plugins = {
  'policies.mjs': 'export default { policies: { coded: ({ identity }) => identity?.scopes.includes("code") } };',
};

describe('fields that a client may not read, mode reject', { timeout: 60_000 }, () => {
  let served: Served;
  before(async () => {
    served = await serveGateway({ people: PEOPLE }, { auth, plugins });
  });
  after(() => served?.close());

  it('refuse the operation: 401 for who is not known, with each path, and no upstream is asked', async () => {
    const { status, headers, body } = await served.ask('{ people { id mail: email salary } }');
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.equal(body.data, null);
    assert.deepEqual(
      body.errors?.map(({ path, extensions }) => [path, extensions?.code]),
      [
        [['people', '@', 'mail'], 'UNAUTHENTICATED'],
        [['people', '@', 'salary'], 'UNAUTHENTICATED'],
      ],
    );
    assert.deepEqual(served.received, []);
  });

  it('refuse the operation: 403 for who is known', async () => {
    const { status, body } = await served.ask('{ me { email salary } }', { scopes: ['salary:read'] });
    assert.equal(status, 403);
    assert.deepEqual(
      body.errors?.map(({ path }) => path),
      [['me', 'salary']],
    );
    assert.deepEqual(served.received, []);
  });

  it('are read by who may', async () => {
    const query = '{ me { email salary note } }';
    const { status, body } = await served.ask(query, { scopes: ['salary:read', 'hr', 'notes'] });
    assert.deepEqual([status, body], [200, { data: { me: { email: 'ada@example.com', salary: 7, note: 'n1' } } }]);
  });

  it('obey policies of the config and of plugins', async () => {
    assert.equal((await served.ask('{ kept }')).status, 401);
    assert.equal((await served.ask('{ kept }', { scopes: ['code'] })).status, 403);
    assert.deepEqual((await served.ask('{ kept }', { scopes: ['desk'] })).body, { data: { kept: 'kept' } });
    assert.equal((await served.ask('{ own }', { scopes: ['desk'] })).status, 403);
    assert.deepEqual((await served.ask('{ own }', { scopes: ['code'] })).body, { data: { own: 'own' } });
  });
});

for (const engine of ['compiled', 'stitch']) {
  describe(`fields that a client may not read, mode filter, engine ${engine}`, { timeout: 60_000 }, () => {
    let served: Served;
    before(async () => {
      served = await serveGateway(
        { people: PEOPLE },
        { auth, plugins, graphql: { engine, field_auth: { mode: 'filter' } } },
      );
    });
    after(() => served?.close());

    it('are null with an error, the rest is served, and the upstream is asked for the rest', async () => {
      const { status, body } = await served.ask('{ me { mail: email id } people { email id } }');
      assert.equal(status, 200);
      assert.deepEqual(body.data, {
        me: { mail: null, id: '1' },
        people: [
          { email: null, id: '1' },
          { email: null, id: '2' },
        ],
      });
      assert.deepEqual(
        body.errors?.map(({ path, extensions }) => [path, extensions]),
        [
          [['me', 'mail'], { code: 'UNAUTHENTICATED' }],
          [['people', '@', 'email'], { code: 'UNAUTHENTICATED' }],
        ],
      );
      assert.equal(served.received.length, 1);
      assert.doesNotMatch(served.received[0] ?? '', /email/);
    });

    it('make what is around them null where they may not be', async () => {
      const { body } = await served.ask('{ me { id salary } }', { scopes: [] });
      assert.deepEqual(body.data, { me: null });
      assert.deepEqual((await served.ask('{ team { name lead { salary } } }', { scopes: [] })).body.data, null);
    });

    it('are null only in objects that would have them', async () => {
      const { body } = await served.ask('{ nodes { __typename ... on Person { note } ... on Robot { note } } }');
      assert.deepEqual(body.data, {
        nodes: [
          { __typename: 'Person', note: null },
          { __typename: 'Robot', note: 'n2' },
        ],
      });
      const throughInterface = await served.ask('{ nodes { id note } }');
      assert.deepEqual(throughInterface.body.data, {
        nodes: [
          { id: '1', note: null },
          { id: '2', note: null },
        ],
      });
    });

    it('are asked of no upstream where nothing else is', async () => {
      const { status, body } = await served.ask('{ kept own }');
      assert.equal(status, 200);
      assert.deepEqual(body.data, { kept: null, own: null });
      assert.deepEqual(served.received, []);
    });

    it('are whole for who may read them', async () => {
      const { body } = await served.ask('{ me { mail: email salary } }', { scopes: ['admin'] });
      assert.deepEqual(body, { data: { me: { mail: 'ada@example.com', salary: 7 } } });
    });
  });
}

describe('introspection by scope', { timeout: 60_000 }, () => {
  let served: Served;
  before(async () => {
    served = await serveGateway(
      { people: PEOPLE },
      { auth, plugins, graphql: { introspection: { scopes: [['schema']] } } },
    );
  });
  after(() => served?.close());

  it('is answered for who has the scope', async () => {
    const { body } = await served.ask('{ __schema { queryType { name } } }', { scopes: ['schema'] });
    assert.deepEqual(body, { data: { __schema: { queryType: { name: 'Query' } } } });
  });

  it('is refused for others, wherever it stands', async () => {
    for (const query of [
      '{ __schema { queryType { name } } }',
      '{ me { id } ... on Query { t: __type(name: "Person") { name } } }',
      '{ ...F } fragment F on Query { __schema { types { name } } }',
    ]) {
      assert.equal((await served.ask(query)).status, 401, query);
      const { status, body } = await served.ask(query, { scopes: ['admin'] });
      assert.deepEqual([status, body.data, body.errors?.[0]?.extensions?.code], [403, null, 'FORBIDDEN'], query);
    }
    assert.equal((await served.ask('{ __typename }')).status, 200);
  });

  it('takes names of the schema out of errors', async () => {
    const { body } = await served.ask('{ mee { id } }');
    assert.deepEqual(
      body.errors?.map(({ message }) => message),
      ['Cannot query field "mee" on type "Query".'],
    );
  });
});
