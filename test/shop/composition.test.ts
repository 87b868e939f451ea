import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { buildClientSchema, buildSchema, getIntrospectionQuery, parse, printSchema, validate } from 'graphql';
import { type Shop, startShop } from '../../examples/shop.ts';
import { composeShop } from '../../examples/shop-supergraph.ts';
import { postGraphql } from './post-graphql.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the schemas of the shop', () => {
  it('compose to a supergraph with all six subgraphs', () => {
    const { sdl } = composeShop();
    for (const name of ['accounts', 'catalog', 'inventory', 'orders', 'reviews', 'storefront']) {
      assert.match(sdl, new RegExp(`@join__graph\\(name: "${name}"`));
    }
  });

  it('carry their rules of access and their limits into the supergraph', () => {
    const { sdl } = composeShop();
    assert.match(sdl, /me: User .*@authenticated/);
    assert.match(sdl, /placeOrder.*@requiresScopes\(scopes: \[\["orders:write"\]\]\)/);
    assert.match(sdl, /placeOrder.*@rateLimit\(max: 10, window: "1m"\)/);
  });

  it('allow every operation of the examples', () => {
    assert.deepEqual(validate(composeShop().apiSchema, parse(read('examples/queries.graphql'))), []);
  });
});

describe('the committed schemas of GraphQL services', () => {
  let shop: Shop;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  for (const name of ['accounts', 'orders'] as const) {
    it(`are what ${name} says of itself`, async () => {
      const { data } = await postGraphql<{ _service: { sdl: string } }>(
        shop.services[name].url,
        '{ _service { sdl } }',
      );
      assert.equal(read(`schemas/${name}.graphql`), data?._service.sdl);
    });
  }

  it('are what introspection of reviews shows', async () => {
    const { data } = await postGraphql<never>(shop.services.reviews.url, getIntrospectionQuery());
    assert.ok(data);
    assert.equal(printSchema(buildSchema(read('schemas/reviews.graphql'))), printSchema(buildClientSchema(data)));
  });
});
