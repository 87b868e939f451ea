import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ShopGateway, startShopGateway } from '../e2e/shop-gateway.ts';

describe('the REST routes of the shop', { timeout: 60_000 }, () => {
  let gateway: ShopGateway;
  before(async () => {
    gateway = await startShopGateway();
  });
  after(() => gateway.close());

  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(gateway.origin + path, init);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };

  it('read and write products in the words of version 2', async () => {
    const { status, body } = await ask('/api/v2/products/p3');
    assert.equal(status, 200);
    const { id, title, price, category } = body;
    assert.deepEqual(
      { id, title, price, category },
      {
        id: 'p3',
        title: 'Studio Monitor 5″',
        price: { value: 35.24, currency: 'EUR' },
        category: 'c3',
      },
    );
    const written = await ask('/api/v2/products/p3', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"code":"TEA-1","title":"Tea","price":{"value":4.5,"currency":"EUR"},"tags":[" Hot"]}',
    });
    assert.deepEqual([written.status, written.body.code, written.body.tags], [200, 'TEA-1', ['hot']]);
    const missing = await ask('/api/v2/products/none');
    assert.equal(missing.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual([missing.status, missing.body.title], [404, 'The product cannot be had']);
  });

  it('give a page of several services, also where the warehouse is away', async () => {
    const whole = await ask('/api/product-page/p4');
    assert.equal(whole.status, 200);
    assert.deepEqual(Object.keys(whole.body), ['id', 'name', 'price', 'category', 'stock']);
    assert.deepEqual(Object.keys(whole.body.stock as object), ['level', 'free']);
    assert.equal(whole.headers.get('cache-control'), 'max-age=5');
    assert.equal((await ask('/api/product-page/none')).status, 404);

    await gateway.shop.services.inventory.close(0);
    const partial = await ask('/api/product-page/p4');
    assert.equal(partial.status, 200);
    assert.deepEqual(partial.body, { ...whole.body, stock: { level: 'unknown', free: null } });
    assert.equal(partial.headers.get('x-gateway-partial'), 'parts="stock"');
  });

  it('give an order to whom the graph gives it', async () => {
    assert.equal((await ask('/api/orders/o1')).status, 401);
    const authorization = `Bearer ${await gateway.shop.issuer.issueToken({ subject: 'u1' })}`;
    const { status, body } = await ask('/api/orders/o1', { headers: { authorization } });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(Object.keys(body), ['number', 'status', 'customer', 'total', 'items']);
    assert.equal((await ask('/api/orders/none', { headers: { authorization } })).status, 404);
  });
});
