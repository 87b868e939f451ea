import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { composeServices } from '@theguild/federation-composition';
import { parse as parseGraphql } from 'graphql';
import { parse as parseYaml } from 'yaml';
import { createSubgraph } from '../../src/subgraphs/create-subgraph.ts';
import { fetchUpstream } from './fetch-upstream.ts';
import { graphqlUpstreamConfig } from './graphql/graphql-upstream-config.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const SEPARATOR = '\n----\n';
const URL = 'http://reviews.test/graphql';

/** Each file: keys of the upstream's YAML, the service's SDL, and the subgraph's SDL or what is wrong. */
suite('the subgraph that is made of a schema and an upstream file', () => {
  for (const name of readdirSync(FOLDER)) {
    test(name.replace(/\.txt$/, '').replaceAll('-', ' '), () => {
      const path = join(FOLDER, name);
      const [keys = '', sdl = '', expected] = readFileSync(path, 'utf8').split(SEPARATOR);
      const config = graphqlUpstreamConfig(URL, (parseYaml(keys) as Record<string, unknown> | null) ?? {});
      const made = createSubgraph(config, sdl, fetchUpstream('reviews', URL));
      const actual = made.ok
        ? made.value.sdl
        : made.problems.map((problem) => `${problem.message}\n  ${problem.hint}`).join('\n');
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, [keys, sdl, `${actual}\n`].join(SEPARATOR));
      else assert.equal(`${actual}\n`, expected);
    });
  }
});

function compose(...services: [name: string, keys: Record<string, unknown>, sdl: string][]) {
  return composeServices(
    services.map(([name, keys, sdl]) => {
      const made = createSubgraph({ ...graphqlUpstreamConfig(URL, keys), name }, sdl, fetchUpstream(name, URL));
      assert.ok(made.ok, JSON.stringify(made));
      return { name, url: URL, typeDefs: parseGraphql(made.value.sdl) };
    }),
  );
}

suite('subgraphs compose', () => {
  test('of two plain services that share value types', () => {
    const { errors, supergraphSdl } = compose(
      ['a', {}, 'type Query { a: Page } type Page { info: PageInfo, total: Int } type PageInfo { more: Boolean }'],
      ['b', {}, 'type Query { b: Page } type Page { info: PageInfo, total: Int } type PageInfo { more: Boolean }'],
    );
    assert.equal(errors, undefined);
    assert.match(supergraphSdl ?? '', /type PageInfo/);
  });

  test('of a Federation 1 service, a Federation 2 service and a plain one that are joined by keys', () => {
    const { errors, supergraphSdl } = compose(
      [
        'users',
        {},
        'type User @key(fields: "id") @key(fields: "email") { id: ID! email: String name: String } extend type Query { me: User }',
      ],
      [
        'orders',
        {},
        `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external"])
         type User @key(fields: "id") { id: ID! orders: [Order!] } type Order { id: ID! } type Query { orders: [Order!] }`,
      ],
      [
        'reviews',
        { entities: { User: { key: 'id', lookup: 'users(ids: $id)' } } },
        'type Query { users(ids: [ID!]!): [User] } type User { id: ID! reviews: [Review!] } type Review { stars: Int }',
      ],
    );
    assert.equal(errors, undefined);
    assert.match(supergraphSdl ?? '', /type User .*@join__type\(graph: USERS, key: "id"/);
    assert.match(supergraphSdl ?? '', /reviews: \[Review!\] @join__field\(graph: REVIEWS\)/);
  });

  test('never by themselves of two plain services with one root field: which of them would answer?', () => {
    const a = 'type Query { search(text: String): [String] }';
    assert.match(String(compose(['a', {}, a], ['b', {}, a]).errors), /search/);
    assert.equal(compose(['a', {}, a], ['b', { transforms: { prefix_fields: 'b_' } }, a]).errors, undefined);
    assert.equal(
      compose(
        ['a', {}, `${a} extend type Query { x: Int }`],
        ['b', { transforms: { hide: ['Query.search'] } }, `${a} extend type Query { y: Int }`],
      ).errors,
      undefined,
    );
  });

  test('with the directives of the gateway', () => {
    const { errors, supergraphSdl } = compose([
      'a',
      {},
      'type Query { a: Int @authenticated @rateLimit(max: 5, window: "10s") b: Int @requiresScopes(scopes: [["x"]]) @tag(name: "t") c: Int @policy(policies: [["p"]]) }',
    ]);
    assert.equal(errors, undefined);
    for (const directive of [
      '@authenticated',
      '@rateLimit(max: 5, window: "10s")',
      '@requiresScopes(scopes: [["x"]])',
      '@tag(name: "t")',
      '@policy',
    ]) {
      assert.ok(supergraphSdl?.includes(directive), `${directive} in ${supergraphSdl}`);
    }
  });
});
