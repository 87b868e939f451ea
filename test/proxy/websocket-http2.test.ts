import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { frame, headersFrame, PREFACE } from '../server/listeners/http2-frames.ts';
import { type RouteGateway, startRouteGateway } from './route-gateway.ts';
import { frameOf, startWebsocketService } from './websocket-service.ts';

const TEXT = 1;
const CLOSE = 8;
const LISTENERS = [{ name: 'inside', port: 0, http2: true }];

async function start(t: TestContext, websocket: object = {}, keys: Record<string, unknown> = {}) {
  const service = await startWebsocketService(t);
  const gateway = await startGateway(t, service.url, websocket, keys);
  const session = await dial(t, gateway.url);
  return { service, gateway, session };
}

function startGateway(t: TestContext, url: string, websocket: object, keys: Record<string, unknown> = {}) {
  return startRouteGateway(t, {
    routes: [{ name: 'feed', match: { path: '/**', methods: ['GET'] }, upstream: 'feed', websocket }],
    upstreams: { feed: { url, ...keys } },
    sections: { server: { listeners: LISTENERS } },
  });
}

async function dial(t: TestContext, url: string): Promise<ClientHttp2Session> {
  const session = connect(url);
  t.after(() => session.destroy());
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/** Asks for a WebSocket (RFC 8441 §5.1). */
function ask(session: ClientHttp2Session, path: string, fields: OutgoingHttpHeaders = {}): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':path': path,
    'sec-websocket-version': '13',
    ...fields,
  });
  stream.on('error', () => {});
  return stream;
}

async function headOf(stream: ClientHttp2Stream): Promise<Record<string, unknown>> {
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  return headers;
}

async function open(session: ClientHttp2Session, path: string): Promise<ClientHttp2Stream> {
  const stream = ask(session, path);
  assert.equal((await headOf(stream))[':status'], 200);
  return stream;
}

/** A frame of a client, with a mask that changes nothing. */
function masked(opcode: number, payload: Buffer): Buffer {
  const plain = frameOf(opcode, payload);
  const header = plain.subarray(0, plain.length - payload.length);
  header[1] = (header[1] as number) | 0x80;
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

async function read(stream: Duplex, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < bytes) {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) await once(stream, 'readable');
    else {
      chunks.push(chunk);
      size += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

async function echo(stream: ClientHttp2Stream, message: string): Promise<string> {
  const payload = Buffer.from(message);
  stream.write(masked(TEXT, payload));
  const answer = await read(stream, frameOf(TEXT, payload).length);
  return answer.subarray(answer.length - payload.length).toString();
}

describe('a WebSocket over HTTP/2', { timeout: 30_000 }, () => {
  it('carries messages both ways to a service that speaks HTTP/1.1', async (t) => {
    const { service, session } = await start(t);
    assert.equal(session.remoteSettings.enableConnectProtocol, true);
    const stream = ask(session, '/a?b=1', { 'sec-websocket-protocol': 'chat, other' });
    const head = await headOf(stream);
    assert.equal(head[':status'], 200);
    assert.equal(head['sec-websocket-protocol'], 'chat');
    assert.match(String(head['x-request-id']), /^[0-9a-f-]{36}$/);
    for (const name of ['sec-websocket-accept', 'connection', 'upgrade']) assert.equal(head[name], undefined, name);
    for (const message of ['hello', 'x'.repeat(60_000), '']) assert.equal(await echo(stream, message), message);
    const [request] = service.requests;
    assert.equal(`${request?.method} ${request?.url}`, 'GET /a?b=1');
    assert.match(String(request?.headers['sec-websocket-key']), /^[A-Za-z0-9+/]{22}==$/);
    assert.equal(request?.headers['sec-websocket-version'], '13');
    assert.equal(request?.headers['sec-websocket-protocol'], 'chat, other');
    assert.equal(request?.headers['x-forwarded-for'], '127.0.0.1');
    assert.match(String(request?.headers.via), /^2\.0 /);
    stream.write(masked(CLOSE, Buffer.from([3, 232])));
    assert.deepEqual([...(await read(stream, 4))], [0x88, 2, 3, 232]);
    stream.resume().end();
    await once(stream, 'close');
    assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
    assert.deepEqual(service.closeCodes, [1000]);
  });

  it('has no key of the client, and each has another', async (t) => {
    const { service, session } = await start(t);
    for (let n = 0; n < 2; n++) {
      const stream = ask(session, '/a', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' });
      assert.equal((await headOf(stream))[':status'], 200);
      stream.close();
    }
    const keys = service.requests.map(({ headers }) => headers['sec-websocket-key']);
    assert.equal(new Set([...keys, 'dGhlIHNhbXBsZSBub25jZQ==']).size, 3);
  });

  it('shares its connection with requests and other WebSockets', async (t) => {
    const { session } = await start(t);
    const streams = await Promise.all(Array.from({ length: 10 }, () => open(session, '/a')));
    const plain = session.request({ ':path': '/b' });
    assert.equal((await headOf(plain))[':status'], 404);
    plain.resume();
    const answers = await Promise.all(streams.map((stream, at) => echo(stream, `message ${at}`)));
    assert.deepEqual(
      answers,
      streams.map((_, at) => `message ${at}`),
    );
  });

  for (const [what, path, fields, status, code] of [
    ['version 8', '/a', { 'sec-websocket-version': '8' }, 426, 'UPGRADE_REQUIRED'],
    ['the origin of another site', '/a', { origin: 'https://evil.example' }, 403, 'FORBIDDEN'],
    ['an encoded slash', '/a%2Fb', {}, 400, 'MALFORMED_PATH'],
    ['another protocol', '/a', { ':protocol': 'connect-udp' }, 501, 'NOT_IMPLEMENTED'],
  ] as const) {
    it(`is refused with ${what}`, async (t) => {
      const { service, session } = await start(t);
      const stream = ask(session, path, fields);
      const head = await headOf(stream);
      assert.equal(head[':status'], status);
      if (status === 426) assert.equal(head['sec-websocket-version'], '13');
      assert.match(await text(stream), new RegExp(`"code":"${code}"`));
      assert.equal(service.requests.length, 0);
      assert.equal(await echo(await open(session, '/a'), 'next'), 'next');
    });
  }

  it('is refused where the route does not let one through', async (t) => {
    const service = await startWebsocketService(t);
    const gateway = await startRouteGateway(t, {
      routes: [{ name: 'feed', match: { path: '/**' }, upstream: 'feed' }],
      upstreams: { feed: service.url },
      sections: { server: { listeners: LISTENERS } },
    });
    const stream = ask(await dial(t, gateway.url), '/a');
    assert.equal((await headOf(stream))[':status'], 404);
    assert.match(await text(stream), /NOT_FOUND/);
  });

  it('is no plain CONNECT', async (t) => {
    const { session } = await start(t);
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'other.example:443' });
    stream.on('error', () => {});
    assert.equal((await headOf(stream))[':status'], 501);
    assert.match(await text(stream), /NOT_IMPLEMENTED/);
  });

  for (const missing of [':scheme', ':path', ':authority']) {
    it(`ends the stream of a request without ${missing}`, async (t) => {
      const { service, gateway } = await start(t);
      const socket = net.connect(gateway.port, '127.0.0.1');
      t.after(() => socket.destroy());
      const fields = [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'http'],
        [':path', '/a'],
        [':authority', 'shop.test'],
        ['sec-websocket-version', '13'],
      ] as const;
      const kept = fields.filter(([name]) => name !== missing);
      socket.write(Buffer.concat([PREFACE, frame(4, 0, 0), headersFrame(1, kept, { endStream: false })]));
      const types: number[] = [];
      let bytes = Buffer.alloc(0);
      // An answer (HEADERS) or the end of the stream (RST_STREAM).
      while (!types.includes(1) && !types.includes(3)) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        bytes = Buffer.concat([bytes, chunk]);
        while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
          types.push(bytes[3] as number);
          bytes = bytes.subarray(9 + bytes.readUIntBE(0, 3));
        }
      }
      assert.ok(types.includes(3), `frames ${types}`);
      assert.equal(service.requests.length, 0);
    });
  }

  it('hands on the answer of a service that declines', async (t) => {
    const { session } = await start(t);
    const stream = ask(session, '/declined');
    const head = await headOf(stream);
    assert.deepEqual([head[':status'], head['x-why']], [403, 'own']);
    assert.equal(await text(stream), 'no');
  });

  it('is answered with a problem where the service is away, or accepts another WebSocket', async (t) => {
    const away = await dial(t, (await startGateway(t, 'http://127.0.0.1:1', {})).url);
    assert.equal((await headOf(ask(away, '/a')))[':status'], 503);
    const server = http.createServer();
    const ended: Promise<unknown>[] = [];
    server.on('upgrade', (_, socket) => {
      ended.push(once(socket.on('error', () => {}).resume(), 'end'));
      const accept = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${accept}\r\n`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const wrong = await dial(t, (await startGateway(t, `http://127.0.0.1:${port}`, {})).url);
    assert.equal((await headOf(ask(wrong, '/a')))[':status'], 502);
    await Promise.all(ended);
    assert.equal(ended.length, 1);
  });
});

describe('the end of a WebSocket over HTTP/2', { timeout: 30_000 }, () => {
  it('comes to the service when the client resets or leaves', async (t) => {
    const { service, session } = await start(t);
    const stream = await open(session, '/a');
    assert.equal(await echo(stream, 'hello'), 'hello');
    const gone = once(service.sockets[0] as Duplex, 'close');
    stream.close(constants.NGHTTP2_CANCEL);
    await gone;
    await echo(await open(session, '/a'), 'hello');
    const left = once(service.sockets[1] as Duplex, 'close');
    session.destroy();
    await left;
  });

  it('comes to the client as CANCEL when the service is cut, and in order when it ends', async (t) => {
    const { service, session } = await start(t);
    const cut = await open(session, '/a');
    await echo(cut, 'hello');
    cut.resume();
    (service.sockets[0] as net.Socket).resetAndDestroy();
    await once(cut, 'close');
    assert.equal(cut.rstCode, constants.NGHTTP2_CANCEL);
    const ended = await open(session, '/a');
    await echo(ended, 'hello');
    service.sockets[1]?.end(frameOf(CLOSE, Buffer.from([3, 232])));
    assert.deepEqual([...(await read(ended, 4))], [0x88, 2, 3, 232]);
    ended.resume().end();
    await once(ended, 'close');
    assert.equal(ended.rstCode, constants.NGHTTP2_NO_ERROR);
  });

  it('is asked of the upstream no more when the client leaves while it opens', async (t) => {
    const server = http.createServer();
    const arrived = once(server, 'upgrade') as Promise<[http.IncomingMessage, Duplex]>;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const keys = { concurrency: { limit: 1, queue: 0 }, breaker: { failures: 1 } };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await startGateway(t, url, {}, keys);
    const session = await dial(t, gateway.url);
    const stream = ask(session, '/a');
    const [, socket] = await arrived;
    const gone = once(socket.on('error', () => {}).resume(), 'end');
    stream.close(constants.NGHTTP2_CANCEL);
    await gone;
    socket.destroy();
    server.on('request', (_, response) => response.end('fine'));
    const next = session.request({ ':path': '/b' });
    assert.equal((await headOf(next))[':status'], 200);
    next.resume();
  });

  it('is not the GOAWAY of the client', async (t) => {
    const { session } = await start(t);
    const stream = await open(session, '/a');
    session.goaway(constants.NGHTTP2_NO_ERROR);
    assert.equal(await echo(stream, 'still here'), 'still here');
    stream.close();
  });

  it('is told with 1001 when the gateway stops, which does not wait for more', async (t) => {
    const { service, gateway, session } = await start(t);
    const stream = await open(session, '/a');
    await echo(stream, 'hello');
    const closing = gateway.gateway.close();
    assert.deepEqual([...(await read(stream, 4))], [0x88, 2, 3, 0xe9]);
    stream.resume().end(masked(CLOSE, Buffer.from([3, 0xe9])));
    assert.equal(await closing, true);
    assert.deepEqual(service.closeCodes, [1001]);
  });

  it('is told with 1008 when its time is up', async (t) => {
    const { session } = await start(t, { max_duration: '50ms' });
    const stream = await open(session, '/a');
    assert.deepEqual([...(await read(stream, 4))], [0x88, 2, 3, 0xf0]);
    stream.resume().end();
    await once(stream, 'close');
  });
});

describe('the pace of a WebSocket over HTTP/2', { timeout: 60_000 }, () => {
  /** More than all windows and buffers hold on the way, and less than a session of Node may hold. */
  const MUCH = 8_000_000;

  async function stage(
    t: TestContext,
  ): Promise<{ gateway: RouteGateway; stream: ClientHttp2Stream; service: Duplex; session: ClientHttp2Session }> {
    const { service, gateway, session } = await start(t);
    const stream = await open(session, '/a');
    await echo(stream, 'hello');
    const [socket] = service.sockets as [Duplex];
    socket.removeAllListeners('data');
    return { gateway, stream, service: socket, session };
  }

  it('is that of a client that does not read, while others on the connection are served', async (t) => {
    const { stream, service, session } = await stage(t);
    stream.pause();
    service.write(Buffer.alloc(MUCH));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(service.writableNeedDrain, true);
    const other = await open(session, '/a');
    assert.equal(await echo(other, 'meanwhile'), 'meanwhile');
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.resume();
    await once(service, 'drain');
    service.end();
    await once(stream, 'end');
    assert.equal(bytes, MUCH);
  });

  it('is that of a service that does not read', async (t) => {
    const { stream, service, session } = await stage(t);
    service.pause();
    stream.write(Buffer.alloc(MUCH));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(stream.writableNeedDrain, true);
    const other = await open(session, '/a');
    assert.equal(await echo(other, 'meanwhile'), 'meanwhile');
    let bytes = 0;
    service.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    service.resume();
    await once(stream, 'drain');
    stream.end();
    await once(service, 'end');
    assert.equal(bytes, MUCH);
  });
});
