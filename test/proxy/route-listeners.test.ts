import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RouteIndex } from '../../src/proxy/route-index.ts';

test('a route is served on the listeners that it names, before one that names none, and nowhere else', () => {
  const route = (name: string, path: string, listeners?: string[]) => ({
    name,
    config: { match: { hosts: undefined, path, methods: undefined, headers: {}, query: {}, listeners } },
  });
  const index = new RouteIndex([
    route('everywhere', '/orders'),
    route('partners', '/orders', ['partners', 'local']),
    route('inside', '/prices', ['local']),
  ]);
  const find = (path: string, listener?: string) =>
    index.match({
      method: 'GET',
      path,
      query: '',
      headers: {},
      peerAddress: '',
      ...(listener !== undefined && { listener }),
    })?.name;
  assert.deepEqual(
    [find('/orders', 'web'), find('/orders', 'partners'), find('/orders', 'local'), find('/orders')],
    ['everywhere', 'partners', 'partners', 'everywhere'],
  );
  assert.deepEqual(
    [find('/prices', 'web'), find('/prices', 'local'), find('/prices')],
    [undefined, 'local', undefined].map((name) => name && 'inside'),
  );
});
