import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { WebSocket } from 'undici';
import { connectRaw } from './raw-connection.ts';
import { startRouteGateway } from './route-gateway.ts';
import { startWebsocketService } from './websocket-service.ts';

async function start(t: TestContext, websocket: object | undefined = {}, route: object = {}) {
  const service = await startWebsocketService(t);
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'feed', match: { path: '/**' }, upstream: 'feed', ...(websocket && { websocket }), ...route }],
    upstreams: { feed: service.url },
  });
  return { service, gateway };
}

async function open(url: string, options: ConstructorParameters<typeof WebSocket>[1] = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', (event) => reject(event.error ?? new Error('Not opened')));
  });
  return socket;
}

async function echo(socket: WebSocket, message: string): Promise<string> {
  const answer = once(socket, 'message') as Promise<[{ data: string }]>;
  socket.send(message);
  return (await answer)[0].data;
}

const handshake = (path: string, fields: Record<string, string> = {}) => {
  const all = {
    Host: 'shop.example',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
};

describe('a WebSocket through a route', { timeout: 30_000 }, () => {
  it('is under the rules of the route about requests', async (t) => {
    const transform = {
      request: {
        method: 'POST',
        path: { prefix: '/v2', replace: '/v1' },
        query: { remove: ['debug'] },
        headers: { remove: ['x-internal'], set: { 'x-own': '{$query.a}' } },
      },
      answers: [{ on: [403], status: 404, headers: { remove: ['x-why'] } }],
    };
    const { service, gateway } = await start(t, {}, { transform });
    const socket = await open(`${gateway.url}/v2/a?a=1&debug=1`, { headers: { 'x-internal': '1' } });
    assert.equal(await echo(socket, 'hello'), 'hello');
    const [request] = service.requests;
    assert.equal(`${request?.method} ${request?.url}`, 'GET /v1/a?a=1');
    assert.equal(request?.headers['x-internal'], undefined);
    assert.equal(request?.headers['x-own'], '1');
    socket.close(1000);
    await once(socket, 'close');

    const client = await connectRaw(t, gateway.port);
    client.socket.write(handshake('/declined'));
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 404 (?![\s\S]*x-why)/i);
  });

  it('carries messages both ways, with the protocol that the service chooses', async (t) => {
    const { service, gateway } = await start(t);
    const socket = await open(`${gateway.url}/a?b=1`, { protocols: ['chat', 'other'] });
    assert.equal(socket.protocol, 'chat');
    for (const message of ['hello', 'x'.repeat(60_000), '']) assert.equal(await echo(socket, message), message);
    const [request] = service.requests;
    assert.equal(request?.url, '/a?b=1');
    assert.equal(request?.headers['sec-websocket-protocol'], 'chat, other');
    assert.equal(request?.headers['x-forwarded-for'], '127.0.0.1');
    assert.match(request?.headers['x-request-id'] as string, /^[0-9a-f-]{36}$/);
    const closed = once(socket, 'close') as Promise<[{ code: number }]>;
    socket.close(1000);
    assert.equal((await closed)[0].code, 1000);
    assert.deepEqual(service.closeCodes, [1000]);
  });

  it('is not opened where the route does not say so', async (t) => {
    const { service, gateway } = await start(t, undefined);
    const plain = await startRouteGateway(t, {
      routes: [{ name: 'feed', match: { path: '/**' }, upstream: 'feed' }],
      upstreams: { feed: service.url },
    });
    assert.ok(gateway.port > 0);
    const connection = await connectRaw(t, plain.port);
    connection.socket.write(handshake('/a'));
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 404 [\s\S]*application\/problem\+json[\s\S]*NOT_FOUND/);
    assert.equal(service.requests.length, 0);
  });

  for (const [what, fields, answer] of [
    [
      'version 8',
      { 'Sec-WebSocket-Version': '8' },
      /^HTTP\/1\.1 426 [\s\S]*sec-websocket-version: 13[\s\S]*UPGRADE_REQUIRED/i,
    ],
    ['a short key', { 'Sec-WebSocket-Key': 'abc' }, /^HTTP\/1\.1 400 [\s\S]*MALFORMED_REQUEST/],
    ['the origin of another site', { Origin: 'https://evil.example' }, /^HTTP\/1\.1 403 [\s\S]*FORBIDDEN/],
    ['an origin without host', { Origin: 'null' }, /^HTTP\/1\.1 403 [\s\S]*FORBIDDEN/],
  ] as const) {
    it(`is refused with ${what}`, async (t) => {
      const { service, gateway } = await start(t);
      const connection = await connectRaw(t, gateway.port);
      connection.socket.write(handshake('/a', fields));
      await connection.closed;
      assert.match(connection.received, answer);
      assert.equal(service.requests.length, 0);
    });
  }

  it('is opened from pages of the same host and of the origins that the route names', async (t) => {
    const { gateway } = await start(t, { origins: ['https://app.example'] });
    for (const origin of ['https://shop.example', 'https://app.example']) {
      const connection = await connectRaw(t, gateway.port);
      connection.socket.write(handshake('/a', { Origin: origin }));
      await connection.until(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
    }
  });

  it('hands on the answer of a service that declines', async (t) => {
    const { gateway } = await start(t);
    const connection = await connectRaw(t, gateway.port);
    connection.socket.write(handshake('/declined'));
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 403 [\s\S]*x-why: own[\s\S]*no$/);
  });

  it('is answered with a problem where the service is away', async (t) => {
    const gateway = await startRouteGateway(t, {
      routes: [{ name: 'feed', match: { path: '/**' }, upstream: 'feed', websocket: {} }],
      upstreams: { feed: 'http://127.0.0.1:1' },
    });
    const connection = await connectRaw(t, gateway.port);
    connection.socket.write(handshake('/a'));
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 503 [\s\S]*UPSTREAM_UNAVAILABLE/);
  });

  it('ends on both sides when one side is cut', async (t) => {
    const { service, gateway } = await start(t);
    const first = await connectRaw(t, gateway.port);
    first.socket.write(handshake('/a'));
    await first.until(/ 101 [\s\S]*\r\n\r\n/);
    const [upstream] = service.sockets;
    const gone = once(upstream as NonNullable<typeof upstream>, 'close');
    first.socket.destroy();
    await gone;
    const second = await connectRaw(t, gateway.port);
    second.socket.write(handshake('/a'));
    await second.until(/ 101 [\s\S]*\r\n\r\n/);
    service.sockets[1]?.destroy();
    await second.closed;
  });

  it('is closed with 1001 when the gateway stops, and with 1008 when its time is up', async (t) => {
    const { service, gateway } = await start(t);
    const socket = await open(`${gateway.url}/a`);
    assert.equal(await echo(socket, 'hello'), 'hello');
    const closed = once(socket, 'close') as Promise<[{ code: number }]>;
    await gateway.gateway.close();
    assert.equal((await closed)[0].code, 1001);
    assert.deepEqual(service.closeCodes, [1001]);
    const short = await start(t, { max_duration: '50ms' });
    const limited = await open(`${short.gateway.url}/a`);
    const [{ code }] = (await once(limited, 'close')) as [{ code: number }];
    assert.equal(code, 1008);
  });

  it('goes on over a reload', async (t) => {
    const { service, gateway } = await start(t);
    const socket = await open(`${gateway.url}/a`);
    await gateway.reload({
      routes: [{ name: 'other', match: { path: '/other' }, upstream: 'feed' }],
      upstreams: { feed: service.url },
    });
    assert.equal(await echo(socket, 'still here'), 'still here');
    socket.close(1000);
    await once(socket, 'close');
  });
});
