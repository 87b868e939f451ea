import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { createCompiledEngine } from '../../src/engine/compiled-engine.ts';
import type { Engine } from '../../src/planner/engine.ts';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import { createBackgroundContext } from '../../src/subgraphs/background-context.ts';
import { createSubgraph } from '../../src/subgraphs/create-subgraph.ts';
import type { Subgraph } from '../../src/subgraphs/subgraph.ts';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';
import { fetchUpstream } from './fetch-upstream.ts';
import { graphqlUpstreamConfig } from './graphql/graphql-upstream-config.ts';
import { serveGraphql } from './serve-graphql.ts';

const REVIEWS = `
  type Query { authors(where: AuthorsWhere!): [Author!]! products(skus: [Key!]!): [Product]! review(id: ID!): Review latest: [Review] }
  input AuthorsWhere { ids: [ID!]! }
  input Key { sku: String! region: String! }
  type Author { id: ID! reviews: [Review!] }
  type Product { sku: String! region: String! reviews: [Review] stars: Float }
  type Review { id: ID! text: String author: Author product: Product }`;

const STOCK = `
  type Query { item(sku: String!, region: String!): Item items: [Thing] }
  interface Thing { title: String }
  type Item implements Thing { sku: String! region: String! title: String amount: Int broken: Int }
  type Box implements Thing { title: String }`;

type Data = Record<string, unknown>;

async function graphOf(t: TestContext) {
  const reviewsById = new Map<string, Data>();
  const author = (id: string): Data => ({
    id,
    reviews: () => [...reviewsById.values()].filter((review) => review.writer === id),
  });
  const product = (sku: string, region: string): Data => ({
    sku,
    region,
    stars: sku.length,
    reviews: () => [...reviewsById.values()].filter((review) => review.sku === sku),
  });
  for (const [id, writer, sku] of [
    ['r1', '1', 'a'],
    ['r2', '2', 'b'],
    ['r3', '1', 'b'],
  ] as const) {
    reviewsById.set(id, {
      id,
      writer,
      sku,
      text: `text ${id}`,
      author: () => author(writer),
      product: () => product(sku, 'eu'),
    });
  }
  const reviews = await serveGraphql(t, buildSchema(REVIEWS), {
    authors: ({ where }: { where: { ids: string[] } }) =>
      where.ids
        .filter((id) => id !== '3')
        .reverse()
        .map(author),
    products: ({ skus }: { skus: { sku: string; region: string }[] }) =>
      skus.map(({ sku, region }) => product(sku, region)).reverse(),
    review: ({ id }: { id: string }) => reviewsById.get(id) ?? null,
    latest: () => [reviewsById.get('r3'), null, reviewsById.get('r1')],
  });
  const item = (sku: string, region: string): Data => ({
    __typename: 'Item',
    sku,
    region,
    title: `Item ${sku}`,
    amount: sku === 'a' ? 3 : 0,
    broken: () => {
      throw new Error(`no ${sku}`);
    },
  });
  const stock = await serveGraphql(t, buildSchema(STOCK), {
    item: ({ sku, region }: { sku: string; region: string }) => (sku === 'z' ? null : item(sku, region)),
    items: () => [item('a', 'eu'), { __typename: 'Box', title: 'Box' }],
  });

  const services = { query: async () => ({}), subgraph: () => undefined };
  const made = [
    createSubgraph(
      {
        kind: 'local',
        name: 'users',
        file: 'users.yaml',
        schema: 'users.graphql',
        resolvers: 'users.ts',
      },
      `type Query { users: [User] } type User @key(fields: "id") { id: ID! name: String }
       type Product @key(fields: "sku region") { sku: String! region: String! amount: Int @external isThere: Boolean @requires(fields: "amount") }`,
      undefined,
      services,
      {
        Query: { users: () => ['1', '2', '3'].map((id) => ({ id, name: `user ${id}` })) },
        User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `user ${id}` }) },
        Product: { isThere: ({ amount }: { amount: number | null }) => (amount ?? 0) > 0 },
      },
    ),
    createSubgraph(
      {
        ...graphqlUpstreamConfig(reviews.url, {
          entities: {
            Author: { key: 'id', lookup: 'authors(where: { ids: $id })' },
            Product: { key: 'sku region', lookup: 'products(skus: [{ sku: $sku, region: $region }])' },
            Review: { key: 'id', lookup: 'review(id: $id)' },
          },
          transforms: {
            rename_types: { Author: 'User' },
            rename_fields: { 'Review.text': 'body' },
            hide: ['Query.authors', 'Query.products'],
          },
        }),
        name: 'reviews',
      },
      REVIEWS,
      fetchUpstream('reviews', reviews.url),
    ),
    createSubgraph(
      {
        ...graphqlUpstreamConfig(stock.url, {
          entities: { Item: { key: 'sku region', lookup: 'item(sku: $sku, region: $region)' } },
          transforms: {
            rename_types: { Item: 'Product' },
            rename_fields: { 'Thing.title': 'label' },
            prefix_fields: 'stock_',
            hide: ['Query.item'],
          },
        }),
        name: 'stock',
      },
      STOCK,
      fetchUpstream('stock', stock.url),
    ),
  ].map((outcome) => {
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.value;
  });
  const composed = composeSupergraph(made);
  assert.ok('sdl' in composed, JSON.stringify(composed));
  const supergraph = readSupergraph(composed.sdl);
  const subgraphs: ReadonlyMap<string, Subgraph> = new Map(made.map((subgraph) => [subgraph.name, subgraph]));
  const engines: Engine[] = [
    createStitchEngine(supergraph, subgraphs),
    createCompiledEngine({ supergraphSdl: composed.sdl, apiSchema: supergraph.apiSchema, subgraphs }),
  ];
  return { engines, schema: supergraph.apiSchema, requests: { reviews: reviews.requests, stock: stock.requests } };
}

suite('plain, renamed and local subgraphs are joined', () => {
  const cases: [name: string, query: string, data: unknown, errors?: unknown[]][] = [
    [
      'from local code into a list lookup',
      '{ users { name reviews { body } } }',
      {
        users: [
          { name: 'user 1', reviews: [{ body: 'text r1' }, { body: 'text r3' }] },
          { name: 'user 2', reviews: [{ body: 'text r2' }] },
          { name: 'user 3', reviews: null },
        ],
      },
    ],
    [
      'over three services and back, by a composite key, with @requires',
      '{ latest { __typename id author { __typename name } product { sku stars amount isThere } } }',
      {
        latest: [
          {
            __typename: 'Review',
            id: 'r3',
            author: { __typename: 'User', name: 'user 1' },
            product: { sku: 'b', stars: 1, amount: 0, isThere: false },
          },
          null,
          {
            __typename: 'Review',
            id: 'r1',
            author: { __typename: 'User', name: 'user 1' },
            product: { sku: 'a', stars: 1, amount: 3, isThere: true },
          },
        ],
      },
    ],
    [
      'through an interface whose field is renamed',
      '{ stock_items { __typename label ... on Product { amount reviews { id } } } }',
      {
        stock_items: [
          { __typename: 'Product', label: 'Item a', amount: 3, reviews: [{ id: 'r1' }] },
          { __typename: 'Box', label: 'Box' },
        ],
      },
    ],
    [
      'with errors at the paths of the client',
      '{ latest { product { broken } } review(id: "r2") { body } }',
      { latest: [{ product: { broken: null } }, null, { product: { broken: null } }], review: { body: 'text r2' } },
      ['no a at latest.2.product.broken', 'no b at latest.0.product.broken'],
    ],
  ];
  for (const [name, query, data, errors = []] of cases) {
    test(name, async (t) => {
      const { engines, schema } = await graphOf(t);
      const document = parse(query);
      assert.deepEqual(validate(schema, document), []);
      const operation = normaliseOperation(schema, document, undefined, {});
      for (const engine of engines) {
        const response = await engine.execute({ operation, variables: {}, context: createBackgroundContext(t.signal) });
        const actual: unknown = 'data' in response ? response.data : JSON.parse(response.dataText);
        const told = (response.errors ?? []).map((error) => `${error.message} at ${error.path?.join('.')}`).sort();
        assert.deepEqual(
          { engine: engine.name, data: JSON.parse(JSON.stringify(actual)), errors: told },
          { engine: engine.name, data, errors },
        );
      }
    });
  }
});
