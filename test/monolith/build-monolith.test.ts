import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type GraphQLError,
  GraphQLSchema,
  isSpecifiedDirective,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
} from 'graphql';
import { composeShop } from '../../examples/shop-supergraph.ts';
import { readShopQueries } from '../shop/read-queries.ts';
import { buildMonolith } from './build-monolith.ts';

const EXPECTED_ERRORS = new URL('../shop/expected-errors.json', import.meta.url);

describe('the monolith', () => {
  it('has the schema that composition gives to clients', () => {
    assert.equal(print(buildMonolith().schema), print(composeShop().apiSchema));
  });

  it('keeps what a mutation changes to itself', async () => {
    const identity = { subject: 'u2', kind: 'jwt', scopes: ['orders:write'], roles: [], claims: {} } as const;
    const place =
      'mutation { placeOrder(input: { items: [{ productId: "p1" }] }) { ... on OrderPlaced { order { id } } } }';
    const count = '{ user(id: "u2") { orderCount } }';
    const [changed, other] = [buildMonolith(), buildMonolith()];
    const before = await other.execute(count);
    assert.deepEqual(toJson((await changed.execute(place, {}, identity)).data), {
      placeOrder: { order: { id: 'o51' } },
    });
    assert.notDeepEqual(await changed.execute(count), before);
    assert.deepEqual(await other.execute(count), before);
  });

  it('answers a reference to what is deleted with its key, and null for the rest', async () => {
    const { data, errors } = await buildMonolith().execute(
      '{ review(id: "r29") { a: author { id firstName } b: author { id username } } }',
    );
    assert.deepEqual(toJson(data), { review: { a: { id: 'u99', firstName: null }, b: null } });
    assert.deepEqual(
      errors?.map(({ path }) => path),
      [['review', 'b', 'username']],
    );
  });
});

describe('the questions to the shop', () => {
  const queries = readShopQueries();
  const mutations = readShopQueries('mutations');
  const shared = buildMonolith();
  const expectedErrors: Record<string, string[]> = JSON.parse(readFileSync(EXPECTED_ERRORS, 'utf8'));

  it('are at least 70 queries', () => assert.ok(queries.length >= 70, `there are ${queries.length}`));

  for (const { name, query, variables, identity } of [...queries, ...mutations]) {
    it(`${name} is valid, and fails only where it is meant to`, async () => {
      const { schema, execute } = query.startsWith('mutation') ? buildMonolith() : shared;
      assert.deepEqual(validate(schema, parse(query)), []);
      const { data, errors = [] } = await execute(query, variables, identity);
      assert.notEqual(data, undefined);
      assert.deepEqual(errors.map(describeError), expectedErrors[name] ?? []);
    });
  }

  it('have no expectations left over', () => {
    const names = [...queries, ...mutations].map(({ name }) => name);
    assert.deepEqual(
      Object.keys(expectedErrors).filter((name) => !names.includes(name)),
      [],
    );
  });
});

function describeError({ path, message }: GraphQLError): string {
  return `${path?.join('.')}: ${message}`;
}

function print(schema: GraphQLSchema): string {
  const config = schema.toConfig();
  const directives = config.directives.filter(isSpecifiedDirective);
  return printSchema(lexicographicSortSchema(new GraphQLSchema({ ...config, directives })));
}

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
