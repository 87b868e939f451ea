import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startServer } from '../transport/recording-server.ts';
import { connectRaw } from './raw-connection.ts';
import { startRouteGateway } from './route-gateway.ts';
import { startWebsocketService } from './websocket-service.ts';

describe('routes in a server of a program of its own', { timeout: 30_000 }, () => {
  it('answer requests and let WebSockets through', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const feed = await startWebsocketService(t);
    const { gateway } = await startRouteGateway(t, {
      routes: [
        { name: 'feed', match: { path: '/feed' }, upstream: 'feed', websocket: {} },
        { name: 'all', match: { path: '/**' }, upstream: 'service' },
      ],
      upstreams: { service: service.url, feed: feed.url },
    });
    const server = http.createServer(gateway.handler).on('upgrade', gateway.upgrade);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/a`)).text(), 'ok');
    const connection = await connectRaw(t, port);
    connection.socket.write(
      'GET /feed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await connection.until(/^HTTP\/1\.1 101 /);
    connection.socket.destroy();
  });

  it('outlive a request that claims a version that it is not of', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { gateway } = await startRouteGateway(t, {
      routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service' }],
      upstreams: { service: service.url },
    });
    const server = http.createServer(gateway.handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const connection = await connectRaw(t, port);
    connection.socket.write('POST /a HTTP/2.0\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    await connection.until(/ 505 /);
    connection.socket.destroy();
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/a`)).text(), 'ok');
  });
});
