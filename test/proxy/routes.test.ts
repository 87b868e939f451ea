import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startServer } from '../transport/recording-server.ts';
import { startRouteGateway } from './route-gateway.ts';

describe('a gateway with routes alone', { timeout: 30_000 }, () => {
  it('is ready, and serves no GraphQL', async (t) => {
    const { url } = await startRouteGateway(t, {
      routes: [{ name: 'orders', match: { path: '/orders' }, upstream: 'orders' }],
      upstreams: { orders: 'http://127.0.0.1:1/' },
    });
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const answer = await fetch(`${url}/graphql`, { method: 'POST', body: '{}' });
    assert.equal(answer.status, 404);
  });

  it('sends a request on and hands the answer back', async (t) => {
    const orders = await startServer(t, (_, response) => {
      response.writeHead(201, { 'content-type': 'text/plain', 'x-own': 'yes' });
      response.end('made');
    });
    const { url, log } = await startRouteGateway(t, {
      routes: [{ name: 'orders', match: { path: '/api/orders/**' }, upstream: 'orders', rewrite: '/v1/**' }],
      upstreams: { orders: `${orders.url}/base` },
    });
    const answer = await fetch(`${url}/api/orders/7/items?a=1&b`, { method: 'POST', body: 'body' });
    assert.equal(answer.status, 201);
    assert.equal(await answer.text(), 'made');
    assert.equal(answer.headers.get('x-own'), 'yes');
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    const [request] = orders.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.url, '/base/v1/7/items?a=1&b');
    assert.equal(request?.body, 'body');
    const line = log.find(({ msg }) => msg === 'request');
    assert.equal(line?.route, 'orders');
  });

  it('answers a path without route with 404, and a method without route with 405', async (t) => {
    const orders = await startServer(t, (_, response) => response.end('ok'));
    const { url } = await startRouteGateway(t, {
      routes: [{ name: 'orders', match: { path: '/orders', methods: ['GET', 'POST'] }, upstream: 'orders' }],
      upstreams: { orders: orders.url },
    });
    const missing = await fetch(`${url}/order`);
    assert.equal(missing.status, 404);
    assert.equal(missing.headers.get('content-type'), 'application/problem+json');
    const refused = await fetch(`${url}/orders`, { method: 'DELETE' });
    assert.equal(refused.status, 405);
    assert.equal(refused.headers.get('allow'), 'GET, HEAD, POST');
    const problem = (await refused.json()) as Record<string, unknown>;
    assert.equal(problem.code, 'METHOD_NOT_ALLOWED');
    assert.equal(problem.requestId, refused.headers.get('x-request-id'));
    assert.equal((await fetch(`${url}/orders`, { method: 'HEAD' })).status, 200);
  });
});
