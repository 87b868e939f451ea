import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationTypeNode, parse } from 'graphql';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';
import { buildService, localSubgraph } from './federated-service.ts';
import { requestContext } from './request-context.ts';

const SUPERGRAPH = `
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
  type Query { me: User @join__field(graph: ACCOUNTS) top: [Review] @join__field(graph: REVIEWS) }
  type Review { body: String author: User }
  type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
    id: ID! @join__field(graph: ACCOUNTS)
    name: String @join__field(graph: ACCOUNTS)
    reviews: [Review] @join__field(graph: REVIEWS)
  }`;

test('a supergraph of Federation 1 is served', async () => {
  const supergraph = readSupergraph(SUPERGRAPH);
  const ada = { id: '1', name: 'Ada' };
  const reviews = [{ body: 'Fine', author: { id: '1' } }];
  const accounts = buildService('type Query { me: User } type User @key(fields: "id") { id: ID! name: String }', {
    Query: { me: () => ada },
    User: { __resolveReference: () => ada },
  });
  const opinions = buildService(
    'type Query { top: [Review] } type Review { body: String author: User } extend type User @key(fields: "id") { id: ID! @external reviews: [Review] }',
    {
      Query: { top: () => reviews },
      User: { __resolveReference: ({ id }: { id: string }) => ({ id }), reviews: () => reviews },
    },
  );
  const engine = createStitchEngine(
    supergraph,
    new Map([
      ['accounts', localSubgraph('accounts', accounts)],
      ['reviews', localSubgraph('reviews', opinions)],
    ]),
  );
  const text = '{ me { name reviews { body author { name } } } top { author { name } } }';
  const response = await engine.execute({
    operation: {
      kind: OperationTypeNode.QUERY,
      name: undefined,
      text,
      document: parse(text),
      isEmpty: false,
      privateAlias: undefined,
    },
    variables: {},
    context: requestContext(),
  });
  assert.deepEqual(JSON.parse(JSON.stringify(response)), {
    data: {
      me: { name: 'Ada', reviews: [{ body: 'Fine', author: { name: 'Ada' } }] },
      top: [{ author: { name: 'Ada' } }],
    },
  });
});
