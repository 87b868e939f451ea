import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ask, startCachedRoute } from './cached-route.ts';

describe('a kept answer', { timeout: 30_000 }, () => {
  it('with a coding is for clients that ask for the same, also where the service does not say so', async (t) => {
    // As nginx does with `gzip on`, whose `gzip_vary` is off.
    const { get, service } = await startCachedRoute(t, (request, response) => {
      const isAsked = /gzip/.test(String(request.headers['accept-encoding']));
      const headers = { 'cache-control': 'max-age=60', ...(isAsked && { 'content-encoding': 'gzip' }) };
      response.writeHead(200, headers).end(isAsked ? gzipSync('whole') : 'whole');
    });
    const gzip = { 'accept-encoding': 'gzip' };
    assert.equal((await get('/a', gzip)).headers['content-encoding'], 'gzip');
    const plain = await get('/a');
    assert.deepEqual([plain.headers['content-encoding'], plain.body], [undefined, 'whole']);
    assert.match(String((await get('/a', gzip)).headers['cache-status']), /hit/);
    assert.match(String((await get('/a')).headers['cache-status']), /hit/);
    assert.equal(service.requests.length, 2);
  });

  for (const [what, cache, vary] of [
    ['Vary names', true, 'X-Tenant'],
    ['key.headers names', { key: { headers: ['X-Tenant'] } }, undefined],
  ] as const) {
    it(`is not found by a header that ${what} and its client kept from the service by Connection`, async (t) => {
      const { gateway } = await startCachedRoute(
        t,
        (request, response) => {
          response.writeHead(200, { 'cache-control': 'max-age=60', ...(vary !== undefined && { vary }) });
          response.end(`tenant ${request.headers['x-tenant'] ?? 'none'}`);
        },
        { cache },
      );
      const hidden = await ask(`${gateway.url}/a`, { headers: { 'x-tenant': 'a', connection: 'close, x-tenant' } });
      assert.equal(hidden.body, 'tenant none');
      assert.equal((await ask(`${gateway.url}/a`, { headers: { 'x-tenant': 'a' } })).body, 'tenant a');
    });
  }
});
