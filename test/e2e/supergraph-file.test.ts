import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { serveGraphql } from '../../examples/services/graphql-service.ts';
import type { Service } from '../../examples/services/listen.ts';
import { buildSubgraphSchema } from '../../examples/services/subgraph-schema.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { postGraphql } from '../shop/post-graphql.ts';
import { poll } from './poll.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])`;
const BOOKS = [
  { id: 'b1', title: 'Emma', author: { id: 'a1' }, grams: 300 },
  { id: 'b2', title: 'Persuasion', author: { id: 'a1' }, grams: 250 },
];
type Ref = { id: string };

/** `shipping` needs the weight that `books` knows. */
const SUBGRAPHS: Record<string, { sdl: string; resolvers: Resolvers<unknown> }> = {
  books: {
    sdl: `type Query { books: [Book!]! }
      type Book @key(fields: "id") { id: ID! title: String! grams: Int! author: Author! }
      type Author @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: { books: () => BOOKS },
      Book: { __resolveReference: ({ id }: Ref) => BOOKS.find((book) => book.id === id) ?? null },
    },
  },
  authors: {
    sdl: `type Query { author(id: ID!): Author }
      type Author @key(fields: "id") { id: ID! name: String! }`,
    resolvers: { Author: { __resolveReference: ({ id }: Ref) => ({ id, name: `Jane ${id}` }) } },
  },
  stock: {
    sdl: `type Query { soldOut: [Book!] }
      type Book @key(fields: "id") { id: ID! copies: Int! }`,
    resolvers: { Book: { __resolveReference: ({ id }: Ref) => ({ id, copies: id === 'b1' ? 3 : 0 }) } },
  },
  shipping: {
    sdl: `type Query { heavy: [Book!] }
      type Book @key(fields: "id") { id: ID! grams: Int! @external fee: Int! @requires(fields: "grams") }`,
    resolvers: {
      Book: { __resolveReference: ({ id, grams }: Ref & { grams: number }) => ({ id, grams, fee: grams / 10 }) },
    },
  },
};

describe('a supergraph file', { timeout: 60_000 }, () => {
  const services = new Map<string, Service>();
  let folder = '';
  let gateway: Gateway;
  let url = '';
  before(async () => {
    for (const [name, { sdl, resolvers }] of Object.entries(SUBGRAPHS)) {
      services.set(name, await serveGraphql(buildSubgraphSchema(LINK + sdl, resolvers), {}));
    }
    folder = await mkdtemp(join(tmpdir(), 'weir-supergraph-'));
    const file = join(folder, 'supergraph.graphql');
    await writeFile(file, compose(['books', 'authors', 'stock']));
    const { config, errors } = await readConfig({
      env: {},
      overrides: { supergraph: file, port: 0 },
      workingDirectory: folder,
    });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    url = `${await gateway.listen()}/graphql`;
  });
  after(async () => {
    await gateway?.close();
    for (const service of services.values()) await service.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('is served as it is', async () => {
    assert.deepEqual(await postGraphql(url, '{ books { title author { name } copies } }'), {
      data: {
        books: [
          { title: 'Emma', author: { name: 'Jane a1' }, copies: 3 },
          { title: 'Persuasion', author: { name: 'Jane a1' }, copies: 0 },
        ],
      },
    });
  });

  it('does not have what is not in it', async () => {
    const { errors } = await postGraphql(url, '{ books { fee } }');
    assert.match(errors?.[0]?.message ?? '', /Cannot query field "fee"/);
  });

  it('is served anew when it is written; one query then crosses all four subgraphs', async () => {
    await writeFile(join(folder, 'supergraph.graphql'), compose(Object.keys(SUBGRAPHS)));
    const answer = await poll(
      () => postGraphql(url, '{ books { title author { name } copies fee } }'),
      ({ errors }) => errors === undefined,
    );
    assert.deepEqual(answer, {
      data: {
        books: [
          { title: 'Emma', author: { name: 'Jane a1' }, copies: 3, fee: 30 },
          { title: 'Persuasion', author: { name: 'Jane a1' }, copies: 0, fee: 25 },
        ],
      },
    });
    for (const [name, { requests }] of services) assert.ok(requests.count('POST /graphql') > 0, name);
  });

  it('stays in service when what is written next is none', async () => {
    await writeFile(join(folder, 'supergraph.graphql'), 'type Query {');
    await poll(
      async () => gateway.readiness(),
      ({ status }) => status === 'degraded',
    );
    const { data } = await postGraphql(url, '{ books { fee } }');
    assert.deepEqual(data, { books: [{ fee: 30 }, { fee: 25 }] });
  });

  function compose(names: string[]): string {
    const { supergraphSdl, errors } = composeServices(
      names.map((name) => ({
        name,
        url: services.get(name)?.url ?? '',
        typeDefs: parse(LINK + (SUBGRAPHS[name]?.sdl ?? '')),
      })),
    );
    if (supergraphSdl === undefined) throw new Error(String(errors));
    return supergraphSdl;
  }
});
