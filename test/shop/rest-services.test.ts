import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startCatalog } from '../../examples/services/catalog.ts';
import { startInventory } from '../../examples/services/inventory.ts';
import type { Service } from '../../examples/services/listen.ts';

async function send(service: Service, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(service.url + path, {
    method,
    headers,
    ...(body !== undefined && { body: toText(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
const toText = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

describe('the catalog', () => {
  let catalog: Service;
  before(async () => {
    catalog = await startCatalog();
  });
  beforeEach(() => catalog.requests.reset());
  after(() => catalog.close());
  const ask = (method: string, path: string, body?: unknown, headers?: object) =>
    send(catalog, method, path, body, headers);

  it('pages and filters products; an empty parameter is none', async () => {
    const page = await ask('GET', '/products?page=2&limit=3&q=&category=');
    assert.deepEqual(idsOf(page.body), ['p4', 'p5', 'p6']);
    assert.deepEqual(page.body.meta, { page: 2, limit: 3, total: 60 });
    assert.deepEqual(idsOf((await ask('GET', '/products?q=KETTLE&status=ACTIVE')).body), ['p13', 'p14']);
  });

  it('gives products by ids in their order, by GET and by POST', async () => {
    assert.deepEqual(idsOf((await ask('GET', '/products?ids=p3,p99,p1')).body), ['p3', 'p1']);
    assert.deepEqual(idsOf((await ask('POST', '/products/batch', { ids: ['p2', 'p2'] })).body), ['p2', 'p2']);
  });

  it('answers 304 to who has the current version', async () => {
    const { headers } = await ask('GET', '/products/p1');
    const etag = headers.get('etag') ?? '';
    assert.equal(headers.get('cache-control'), 'max-age=60');
    assert.equal((await ask('GET', '/products/p1', undefined, { 'if-none-match': etag })).status, 304);
    assert.equal((await ask('GET', '/products/p1', undefined, { 'if-none-match': '"other"' })).status, 200);
  });

  it('creates, changes, replaces and removes a product', async () => {
    const created = await ask('POST', '/products', {
      sku: 'N-1',
      name: 'New',
      price: { amount: 2.5, currency: 'EUR' },
    });
    assert.equal(created.status, 201);
    const path = created.headers.get('location') ?? '';
    const patched = await ask('PATCH', path, { name: 'Newer' });
    assert.deepEqual([patched.body.name, patched.body.sku], ['Newer', 'N-1']);
    const replaced = await ask('PUT', path, { sku: 'N-2', name: 'Newest', price: { amount: 3, currency: 'USD' } });
    assert.deepEqual([replaced.body.name, replaced.body.sku, replaced.body.id], ['Newest', 'N-2', path.slice(10)]);
    assert.equal((await ask('DELETE', path)).status, 204);
    assert.equal((await ask('GET', path)).status, 404);
  });

  it('tells what is wrong with a request', async () => {
    for (const [method, path, body, status] of [
      ['GET', '/nothing', undefined, 404],
      ['POST', '/products/p1', undefined, 405],
      ['GET', '/products?limit=0', undefined, 400],
      ['POST', '/products', '{', 400],
      ['POST', '/products', { name: 'x' }, 422],
      ['PATCH', '/products/p1', { id: 'p2' }, 422],
      ['PATCH', '/products/p1', { price: { amount: -1, currency: 'EUR' } }, 422],
    ] as const) {
      const answer = await ask(method, path, body);
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    }
  });

  it('describes itself: every operation of its OpenAPI document is there', async () => {
    const { paths } = (await ask('GET', '/openapi.json')).body as { paths: Record<string, Record<string, unknown>> };
    const methods = ['get', 'post', 'put', 'patch'];
    for (const [path, item] of Object.entries(paths)) {
      for (const method of methods.filter((candidate) => candidate in item)) {
        const url = path.replace('{id}', path.includes('categories') ? 'c1' : 'p1').replace('{sku}', 'SKU-0001');
        const { status } = await ask(method.toUpperCase(), url, method === 'get' ? undefined : '{"no": 1}');
        assert.ok([200, 400, 422].includes(status), `${method} ${url}: ${status}`);
      }
    }
  });

  it('counts requests, but not health checks', async () => {
    await ask('GET', '/healthz');
    await ask('GET', '/products/p1');
    assert.equal(catalog.requests.total, 1);
    assert.equal(catalog.requests.count('GET /products/p1'), 1);
  });
});

describe('the inventory', () => {
  let inventory: Service;
  before(async () => {
    inventory = await startInventory();
  });
  after(() => inventory.close());

  it('gives the stock of one SKU with its warehouses, and 404 for one that it does not keep', async () => {
    const { body } = await send(inventory, 'GET', '/stock/SKU-0001');
    assert.equal(body.totals.free, body.totals.quantity - body.totals.reserved);
    assert.equal(body.shelves[0].warehouse.address.city, 'Lisbon');
    assert.equal((await send(inventory, 'GET', '/stock/SKU-0017')).status, 404);
  });

  it('takes a new stock, and refuses one in a warehouse that does not exist', async () => {
    const put = (warehouse: string) =>
      send(inventory, 'PUT', '/stock/SKU-0017', { shelves: [{ warehouse, quantity: 4 }] });
    assert.equal((await put('LIS')).status, 201);
    assert.equal((await send(inventory, 'GET', '/stock/SKU-0017')).body.level, 'low');
    assert.equal((await put('XXX')).status, 422);
  });
});
