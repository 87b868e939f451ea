import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startRouteGateway } from './route-gateway.ts';

/** A service that speaks gRPC's use of HTTP/2: it echoes what comes, and ends with a status in the trailers. */
async function startGrpcService(t: TestContext): Promise<{ url: string; seen: http2.IncomingHttpHeaders[] }> {
  const seen: http2.IncomingHttpHeaders[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    seen.push(headers);
    stream.on('trailers', (fields: http2.IncomingHttpHeaders) => seen.push(fields));
    stream.on('error', () => {});
    if (headers[':path'] === '/shop.Orders/Fail') {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
    stream.pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const session of sessions) session.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function connect(t: TestContext, service: string, route: object = {}) {
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'orders', match: { path: '/shop.Orders/**' }, upstream: 'orders', ...route }],
    upstreams: { orders: { url: service, connections: { http2: 'h2c' } } },
    sections: { server: { listeners: [{ name: 'public', port: 0, http2: true }] } },
  });
  const session = http2.connect(gateway.url);
  session.on('error', () => {});
  t.after(() => session.destroy());
  return { gateway, session };
}

const HEADERS = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': '1S' };

async function readAll(stream: http2.ClientHttp2Stream) {
  let trailers: http2.IncomingHttpHeaders = {};
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader];
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return { headers, trailers, body: Buffer.concat(chunks).toString() };
}

describe('gRPC through a route', { timeout: 30_000 }, () => {
  it('flows both ways over HTTP/2 and ends with the status in the trailers', async (t) => {
    const service = await startGrpcService(t);
    const { session } = await connect(t, service.url);
    const stream = session.request({ ...HEADERS, ':path': '/shop.Orders/Watch' });
    const answer = readAll(stream);
    stream.write('ping ');
    await once(stream, 'data');
    stream.end('pong');
    const { headers, trailers, body } = await answer;
    assert.equal(headers[':status'], 200);
    assert.equal(headers['content-type'], 'application/grpc');
    assert.equal(body, 'ping pong');
    assert.equal(trailers['grpc-status'], '0');
    assert.equal(trailers['grpc-message'], 'fine');
    assert.equal(service.seen[0]?.te, 'trailers');
    assert.equal(service.seen[0]?.['grpc-timeout'], '1S');
  });

  it('hands on the trailers of the client', async (t) => {
    const service = await startGrpcService(t);
    const { session } = await connect(t, service.url);
    const stream = session.request({ ...HEADERS, ':path': '/shop.Orders/Watch' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
    stream.end('ping');
    assert.equal((await readAll(stream)).body, 'ping');
    assert.equal(service.seen[1]?.['x-sum'], '7');
  });

  it('hands on a status without messages', async (t) => {
    const service = await startGrpcService(t);
    const { session } = await connect(t, service.url);
    const stream = session.request({ ...HEADERS, ':path': '/shop.Orders/Fail' });
    stream.end();
    const { headers } = await readAll(stream);
    assert.equal(headers['grpc-status'], '5');
  });

  it('tells what the gateway refuses, and that the service is away, by a status of gRPC', async (t) => {
    const { session } = await connect(t, 'http://127.0.0.1:1', { max_body: '4B' });
    for (const [path, body, status] of [
      ['/shop.Orders/Watch', '', '14'],
      ['/shop.Other/Watch', '', '12'],
    ] as const) {
      const stream = session.request({ ...HEADERS, ':path': path });
      stream.end(body);
      const { headers } = await readAll(stream);
      assert.equal(headers[':status'], 200);
      assert.equal(headers['content-type'], 'application/grpc');
      assert.equal(headers['grpc-status'], status);
      assert.ok(headers['grpc-message']);
    }
  });

  it('ends upstream when the client resets its stream', async (t) => {
    const service = await startGrpcService(t);
    const { session, gateway } = await connect(t, service.url);
    const stream = session.request({ ...HEADERS, ':path': '/shop.Orders/Watch' });
    stream.on('error', () => {});
    stream.write('ping');
    await once(stream, 'data');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await once(stream, 'close');
    const other = session.request({ ...HEADERS, ':path': '/shop.Orders/Watch' });
    other.end('on');
    assert.equal((await readAll(other)).body, 'on');
    await gateway.gateway.close();
  });
});
