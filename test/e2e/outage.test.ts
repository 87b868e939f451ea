import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startReviews } from '../../examples/services/reviews.ts';
import { type Answer, postGraphql } from '../shop/post-graphql.ts';
import { poll } from './poll.ts';
import { type ShopGateway, startShopGateway } from './shop-gateway.ts';

interface Page {
  product: { name: string; price: { currency: string }; averageRating: number | null };
}

describe('when a service fails', { timeout: 60_000 }, () => {
  let gateway: ShopGateway;
  let restarted: Awaited<ReturnType<typeof startReviews>> | undefined;
  before(async () => {
    gateway = await startShopGateway();
  });
  after(async () => {
    await gateway.close();
    await restarted?.close(0);
  });
  const ask = (): Promise<Answer<Page>> =>
    postGraphql(`${gateway.origin}/graphql`, '{ product(id: "p3") { name price { currency } averageRating } }');

  it('answers whole before', async () => {
    assert.deepEqual(await ask(), {
      data: { product: { name: 'Studio Monitor 5″', price: { currency: 'EUR' }, averageRating: 2.4 } },
    });
  });

  it('answers every request that is in flight then, with what the others know', async () => {
    const inFlight = Array.from({ length: 20 }, ask);
    await gateway.shop.services.reviews.close(0);
    for (const { data, errors = [] } of await Promise.all(inFlight)) {
      assert.equal(data?.product.name, 'Studio Monitor 5″');
      assert.equal(data.product.price.currency, 'EUR');
      assert.equal(data.product.averageRating === null, errors.length > 0);
    }
  });

  it('tells what is missing, where, and nothing of the inside', async () => {
    const { data, errors } = await ask();
    assert.deepEqual(data, {
      product: { name: 'Studio Monitor 5″', price: { currency: 'EUR' }, averageRating: null },
    });
    assert.deepEqual(
      errors?.map(({ path }) => path),
      [['product', 'averageRating']],
    );
    assert.doesNotMatch(JSON.stringify(errors), /127\.0\.0\.1|ECONN|stack|\.ts/);
  });

  it('stays ready for the rest', async () => {
    const response = await fetch(`${gateway.origin}/readyz`);
    await response.body?.cancel();
    assert.equal(response.status, 200);
  });

  it('answers whole again when the service is back', async () => {
    restarted = await startReviews({ port: Number(new URL(gateway.shop.services.reviews.origin).port) });
    const { data } = await poll(ask, ({ errors }) => errors === undefined);
    assert.equal(data?.product.averageRating, 2.4);
  });
});
