import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { poll } from '../e2e/poll.ts';
import { connectRaw, type RawConnection } from './raw-connection.ts';
import { startRouteGateway } from './route-gateway.ts';

/**
 * An upstream that may have one request at a time, nobody in the queue, and fails once before it is left alone: a permit that is not
 * given back, or an abort that counts as a failure, shows in the next answer.
 */
const STRICT = { concurrency: { limit: 1, queue: 0 }, breaker: { failures: 1 }, ejection: false };

interface Service {
  readonly port: number;
  /** The next request that comes, with the answer that the test writes. */
  next(): Promise<readonly [http.IncomingMessage, http.ServerResponse]>;
  /** The same, of one whose client waits to be asked for its body, and is not. */
  nextWaiting(): Promise<readonly [http.IncomingMessage, http.ServerResponse]>;
  openConnections(): Promise<number>;
}

async function startService(t: TestContext): Promise<Service> {
  const waiting: ((pair: readonly [http.IncomingMessage, http.ServerResponse]) => void)[] = [];
  const server = http.createServer((request, response) => {
    request.on('error', () => {});
    if (request.url === '/after') response.end('fine');
    else waiting.shift()?.([request, response]);
  });
  server.on('checkContinue', (request, response) => {
    if (server.listenerCount('waiting') > 0) {
      server.emit('waiting', [request, response]);
      return;
    }
    response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {}).on('end', () => socket.end());
    const response = new http.ServerResponse(request);
    response.assignSocket(socket as net.Socket);
    waiting.shift()?.([request, response]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    nextWaiting: () => new Promise((resolve) => server.once('waiting', resolve)),
    openConnections: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
  };
}

const closed = (emitter: EventEmitter) => new Promise<void>((resolve) => emitter.once('close', () => resolve()));

interface Scene {
  readonly service: Service;
  readonly client: RawConnection;
}

/** How far a request has come when its client leaves. Each ends with the client gone. */
const PHASES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async 'before its body is there'({ service, client }) {
    const arrival = service.next();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    const [request] = await arrival;
    request.resume();
    client.socket.destroy();
    await closed(request);
  },
  async 'in the middle of a chunk'({ service, client }) {
    const arrival = service.next();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nabc');
    const [request] = await arrival;
    request.resume();
    client.socket.destroy();
    await closed(request);
  },
  async 'while its upload is held up'({ service, client }) {
    const arrival = service.next();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n');
    client.socket.write(Buffer.alloc(5_000_000));
    const [request, response] = await arrival;
    client.socket.destroy();
    // Who does not read does not see the end either.
    const gone = closed(response);
    request.resume();
    await gone;
  },
  async 'before an upload that must be read whole is there'({ client }) {
    client.socket.write('PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
  },
  async 'when it was asked to go on'({ service, client }) {
    const arrival = service.next();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n');
    await client.until(/100 Continue/);
    const [, response] = await arrival;
    client.socket.destroy();
    await closed(response);
  },
  async 'while the upstream has yet to ask for its body'({ service, client }) {
    const arrival = service.nextWaiting();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n');
    const [, response] = await arrival;
    client.socket.destroy();
    await closed(response);
    assert.equal(client.received, '');
  },
  async 'while it waits for the answer'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    client.socket.destroy();
    await closed(response);
  },
  async 'by ending its side alone, while it waits'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const [, response] = await arrival;
    client.socket.resetAndDestroy();
    await closed(response);
  },
  async 'after an interim answer'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    await client.until(/ 103 /);
    client.socket.destroy();
    await closed(response);
  },
  async 'after the head of the answer'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    response.flushHeaders();
    await client.until(/ 200 /);
    client.socket.destroy();
    await closed(response);
  },
  async 'in the middle of the answer'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    response.writeHead(200, { 'content-length': 100 }).write('abc');
    await client.until(/abc/);
    client.socket.destroy();
    await closed(response);
  },
  async 'while the answer waits for it to read'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    await client.until(/^/);
    client.socket.pause();
    response.write(Buffer.alloc(30_000_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(response.writableNeedDrain, true);
    client.socket.destroy();
    await closed(response);
  },
  async 'while upload and answer run side by side'({ service, client }) {
    const arrival = service.next();
    client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    const [request, response] = await arrival;
    request.pipe(response);
    await client.until(/abc/);
    client.socket.destroy();
    await closed(response);
  },
  async 'in a stream of events'({ service, client }) {
    const arrival = service.next();
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await arrival;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    await client.until(/data: 1/);
    client.socket.destroy();
    await closed(response);
  },
  async 'while a WebSocket opens'({ service, client }) {
    const arrival = service.next();
    client.socket.write(UPGRADE);
    const [request] = await arrival;
    client.socket.destroy();
    await closed(request.socket);
  },
  async 'in a WebSocket'({ service, client }) {
    const arrival = service.next();
    client.socket.write(UPGRADE);
    const [{ socket }] = await arrival;
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await client.until(/ 101 /);
    client.socket.destroy();
    await closed(socket);
  },
};

const UPGRADE =
  'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** The same over HTTP/2, where the client resets its stream and keeps the connection. */
const RESETS: Readonly<Record<string, (service: Service, session: http2.ClientHttp2Session) => Promise<void>>> = {
  async 'while it waits for the answer'(service, session) {
    const arrival = service.next();
    const stream = askOf(session, { ':path': '/a' });
    const [, response] = await arrival;
    const gone = closed(response);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
  },
  async 'in the middle of its upload'(service, session) {
    const arrival = service.next();
    const stream = askOf(session, { ':path': '/a', ':method': 'POST' });
    stream.write('abc');
    const [request, response] = await arrival;
    request.resume();
    const gone = closed(response);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
  },
  async 'while the upstream has yet to ask for its body'(service, session) {
    const arrival = service.nextWaiting();
    const stream = askOf(session, { ':path': '/a', ':method': 'POST', expect: '100-continue' });
    const [, response] = await arrival;
    const gone = closed(response);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
  },
  async 'in the middle of the answer'(service, session) {
    const arrival = service.next();
    const stream = askOf(session, { ':path': '/a' });
    const [, response] = await arrival;
    const gone = closed(response);
    response.writeHead(200, { 'content-length': 100 }).write('abc');
    await new Promise((resolve) => stream.once('data', resolve));
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
  },
  async 'in a WebSocket'(service, session) {
    if (!session.remoteSettings.enableConnectProtocol) await once(session, 'remoteSettings');
    const arrival = service.next();
    const stream = askOf(session, {
      ...{ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': '/a' },
      'sec-websocket-version': '13',
    });
    const [{ socket, headers }] = await arrival;
    const accept = hash('sha1', `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
    socket.write(`${switching}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
    await once(stream, 'response');
    const gone = closed(socket);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
  },
};

function askOf(session: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders): http2.ClientHttp2Stream {
  return session.request(headers).on('error', () => {});
}

/** What the upstream does to a request, and what the client gets then. */
const FAULTS: Readonly<Record<string, { readonly fault: (scene: Scene) => Promise<void>; readonly answer: RegExp }>> = {
  'resets before it answers': {
    async fault({ service, client }) {
      const arrival = service.next();
      client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
      const [request] = await arrival;
      request.socket.resetAndDestroy();
    },
    answer: /^HTTP\/1\.1 503 [\s\S]*UPSTREAM_UNAVAILABLE/,
  },
  'resets while the upload runs': {
    async fault({ service, client }) {
      const arrival = service.next();
      client.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
      const [request] = await arrival;
      request.socket.resetAndDestroy();
    },
    answer: /^HTTP\/1\.1 503 [\s\S]*UPSTREAM_UNAVAILABLE/,
  },
  'answers something else than HTTP': {
    async fault({ service, client }) {
      const arrival = service.next();
      client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
      const [request] = await arrival;
      request.socket.end('SSH-2.0-x\r\n');
    },
    answer: /^HTTP\/1\.1 50[23] [\s\S]*UPSTREAM_/,
  },
  'does not answer in time': {
    async fault({ service, client }) {
      const arrival = service.next();
      client.socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
      const [, response] = await arrival;
      await closed(response);
    },
    answer: /^HTTP\/1\.1 504 /,
  },
  'resets in the middle of its answer': {
    async fault({ service, client }) {
      const arrival = service.next();
      client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
      const [request, response] = await arrival;
      response.write('abc');
      await client.until(/abc/);
      request.socket.resetAndDestroy();
      await client.closed;
    },
    answer: /^HTTP\/1\.1 200 (?:(?!\r\n0\r\n)[\s\S])*$/,
  },
};

async function start(t: TestContext, upstream: object, service: Service) {
  const gateway = await startRouteGateway(t, {
    routes: [
      { name: 'slow', match: { path: '/slow' }, upstream: 'service', timeout: '50ms' },
      { name: 'all', match: { path: '/**' }, upstream: 'service', websocket: {} },
    ],
    upstreams: { service: { url: `http://127.0.0.1:${service.port}`, ...upstream } },
    sections: { server: { listeners: [{ name: 'inside', port: 0, http2: true }] } },
  });
  const after = async () => {
    const client = await connectRaw(t, gateway.port);
    client.socket.write('GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.closed;
    return client.received;
  };
  const active = async () => {
    const client = await connectRaw(t, gateway.port);
    client.socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.closed;
    return /^http_server_active_requests(?:\{\S*\})? (\d+)/m.exec(client.received)?.[1];
  };
  return { gateway, after, active };
}

/** What keeps the process alive beside the runner itself. */
const openSockets = () => process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name)).length;

describe('a client that leaves', { timeout: 60_000 }, () => {
  for (const [phase, leave] of Object.entries(PHASES)) {
    it(`${phase} leaves nothing behind`, { timeout: 10_000 }, async (t) => {
      const before = openSockets();
      const service = await startService(t);
      const { gateway, after, active } = await start(t, STRICT, service);
      const client = await connectRaw(t, gateway.port);
      await leave({ service, client });
      // The request that asks is itself under way.
      await poll(active, (count) => count === '1', 3_000);
      assert.match(await after(), /^HTTP\/1\.1 200 [\s\S]*fine/);
      await gateway.gateway.close();
      await poll(service.openConnections, (count) => count === 0, 3_000);
      // The listening socket of the service.
      await poll(
        async () => openSockets(),
        (count) => count === before + 1,
        3_000,
      );
    });
  }
});

describe('a client of HTTP/2 that resets its stream', { timeout: 60_000 }, () => {
  for (const [phase, reset] of Object.entries(RESETS)) {
    it(`${phase} leaves nothing behind`, { timeout: 10_000 }, async (t) => {
      const before = openSockets();
      const service = await startService(t);
      const { gateway, after, active } = await start(t, STRICT, service);
      const session = http2.connect(gateway.url);
      t.after(() => session.destroy());
      await reset(service, session);
      await poll(active, (count) => count === '1', 3_000);
      assert.match(await after(), /^HTTP\/1\.1 200 [\s\S]*fine/);
      assert.equal(
        gateway.log.find(({ path, msg }) => path === '/a' && msg === 'request')?.status,
        STATUS[phase] ?? 499,
      );
      session.destroy();
      await gateway.gateway.close();
      await poll(service.openConnections, (count) => count === 0, 3_000);
      await poll(
        async () => openSockets(),
        (count) => count === before + 1,
        3_000,
      );
    });
  }
});

/** As the log has it, where that is not 499. */
const STATUS: Readonly<Record<string, number>> = { 'in a WebSocket': 200 };

describe('an upstream that', { timeout: 60_000 }, () => {
  for (const [what, { fault, answer }] of Object.entries(FAULTS)) {
    it(`${what} leaves nothing behind`, { timeout: 10_000 }, async (t) => {
      const before = openSockets();
      const service = await startService(t);
      const { gateway, after, active } = await start(t, { ...STRICT, breaker: false, retry: false }, service);
      const client = await connectRaw(t, gateway.port);
      await fault({ service, client });
      if (!client.socket.destroyed) await client.until(answer);
      assert.match(client.received, answer);
      client.socket.destroy();
      await poll(active, (count) => count === '1', 3_000);
      assert.match(await after(), /^HTTP\/1\.1 200 [\s\S]*fine/);
      await gateway.gateway.close();
      await poll(service.openConnections, (count) => count === 0, 3_000);
      await poll(
        async () => openSockets(),
        (count) => count === before + 1,
        3_000,
      );
    });
  }
});
