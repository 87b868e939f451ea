import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createRestSubgraph } from '../../../src/subgraphs/rest/create-rest-subgraph.ts';
import { fetchUpstream, restConfig } from './rest-service.ts';

const SDL = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@shareable"])
    @link(url: "https://specs.apollo.dev/connect/v0.2", import: [{ name: "@source", as: "@api" }, "@connect"], as: "rest")
    @api(name: "catalog", http: { baseURL: "https://api.example.com" })
  scalar rest__JSONSelection
  directive @api(name: String!) repeatable on SCHEMA
  extend type Query {
    "One product."
    product(id: ID!): Product
      @connect(source: "catalog", entity: true, http: { GET: "/products/{$args.id}" }, selection: "id name price { amount }")
  }
  type Product {
    id: ID!
    name: String!
    price: Money
    related: [Product!] @connect(source: "catalog", http: { GET: "/related/{$this.id}" }, selection: "$.ids { id: $ }")
  }
  type Money { amount: Float @shareable }
`;

function sdlOf(sdl: string): string {
  const outcome = createRestSubgraph(restConfig('http://127.0.0.1:1'), sdl, fetchUpstream('http://127.0.0.1:1'));
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value.sdl;
}

test('composition gets the schema without connectors, with the keys that they imply', () => {
  assert.equal(
    sdlOf(SDL),
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable", "@key"])

extend type Query {
  "One product."
  product(id: ID!): Product
}

type Product @key(fields: "id") {
  id: ID!
  name: String!
  price: Money
  related: [Product!]
}

type Money {
  amount: Float @shareable
}`,
  );
});

test('the schema composes with other subgraphs on those keys', () => {
  const reviews = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
    type Product @key(fields: "id") { id: ID! rating: Float }
    type Query { best: Product }`;
  const result = composeServices([
    { name: 'catalog', typeDefs: parse(sdlOf(SDL)), url: 'http://catalog' },
    { name: 'reviews', typeDefs: parse(reviews), url: 'http://reviews' },
  ]);
  assert.deepEqual(result.errors ?? [], []);
  assert.match(result.supergraphSdl ?? '', /join__type\(graph: CATALOG, key: "id"\)/);
});

test('a key that is declared is not declared again, in whatever order its fields are', () => {
  const declared = SDL.replace('["@shareable"]', '["@shareable", "@key"]').replace(
    'type Product {',
    'type Product @key(fields: " id ") {',
  );
  assert.equal(sdlOf(declared).match(/@key\(/g)?.length, 1);
});

test('fields that only a composite key brings need no connector', () => {
  const sdl = `
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@source", "@connect"])
      @source(name: "api", http: { baseURL: "https://api.example.com" })
    type Product @key(fields: "sku { id }") {
      sku: Sku!
      price: Int @connect(source: "api", http: { GET: "/prices/{$this.sku.id}" }, selection: "$.price")
    }
    type Sku { id: ID! }`;
  assert.match(sdlOf(sdl), /type Product @key\(fields: "sku \{ id \}"\)/);
});
