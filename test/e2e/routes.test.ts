import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ShopGateway, startShopGateway } from './shop-gateway.ts';

describe('the routes of the shop', { timeout: 60_000 }, () => {
  let gateway: ShopGateway;
  before(async () => {
    gateway = await startShopGateway();
  });
  after(() => gateway.close());

  it('give what the services give', async () => {
    const product = await fetch(`${gateway.origin}/api/products/p3`);
    assert.equal(product.status, 200);
    assert.equal(((await product.json()) as { name: string }).name, 'Studio Monitor 5″');
    const missing = await fetch(`${gateway.origin}/api/products/none`);
    assert.equal(missing.status, 404);
    // The answer of the service, not of the gateway.
    assert.equal(((await missing.json()) as { requestId?: string }).requestId, undefined);
    assert.equal((await fetch(`${gateway.origin}/api/products/p3`, { method: 'DELETE' })).status, 405);
  });

  it('stand beside the graph', async () => {
    const answer = await fetch(`${gateway.origin}/graphql?query={product(id:"p3"){name}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    assert.equal(answer.status, 200);
  });
});
