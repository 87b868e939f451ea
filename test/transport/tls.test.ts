import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { transportSchema } from '../../src/config/schema/transport.ts';
import { Certificates } from './certificates.ts';
import { GET, POST, reach } from './reach.ts';
import { contextOf } from './request-context.ts';

async function listen(t: TestContext, server: Server, scheme: string): Promise<string> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const parse = (text: object) => transportSchema.parse({ retry: false, ...text });

test('TLS is verified: a certificate of an unknown authority or for another name is refused', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('server', 'IP:127.0.0.1');
  certificates.issue('other', 'DNS:other.test');
  const start = (name: string) => {
    const key = readFileSync(certificates.path(`${name}.key`));
    const cert = readFileSync(certificates.path(`${name}.pem`));
    return listen(
      t,
      https.createServer({ key, cert }, (_, response) => response.end('secure')),
      'https',
    );
  };
  const url = await start('server');
  const other = await start('other');
  const ca = certificates.path('ca.pem');
  await assert.rejects(reach(t, url).upstream.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
  assert.equal((await reach(t, url, parse({ tls: { ca } })).upstream.send(GET, contextOf())).body, 'secure');
  await assert.rejects(reach(t, other, parse({ tls: { ca } })).upstream.send(GET, contextOf()), {
    code: 'UPSTREAM_UNAVAILABLE',
    message: /altnames|does not match/i,
  });
  const named = reach(t, other, parse({ tls: { ca, server_name: 'other.test' } }));
  assert.equal((await named.upstream.send(GET, contextOf())).body, 'secure');
  const unverified = reach(t, other, parse({ tls: { verify: false } }));
  assert.equal((await unverified.upstream.send(GET, contextOf())).body, 'secure');
});

test('a client certificate is presented, and paths start at the folder of the upstream file', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('server', 'IP:127.0.0.1');
  certificates.issue('gateway', 'DNS:gateway.test');
  const server = https.createServer(
    {
      key: readFileSync(certificates.path('server.key')),
      cert: readFileSync(certificates.path('server.pem')),
      ca: readFileSync(certificates.path('ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN),
  );
  const url = await listen(t, server, 'https');
  const file = certificates.path('catalog.yaml');
  const tls = { ca: 'ca.pem', cert: 'gateway.pem', key: 'gateway.key' };
  const { upstream } = reach(t, url, { ...parse({ tls }), file });
  assert.equal((await upstream.send(GET, contextOf())).body, 'gateway');
  const without = reach(t, url, { ...parse({ tls: { ca: 'ca.pem' } }), file });
  await assert.rejects(without.upstream.send(GET, contextOf()), { name: 'WeirError' });
});

/** Answers with the protocol and what it was sent, and a trailer. */
function echo(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'x-path': headers[':path'] ?? '' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(`h2 ${Buffer.concat(chunks)}`);
  });
  stream.on('error', () => {});
}

test('HTTP/2 is spoken where the service chooses it, many requests on one connection', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('server', 'IP:127.0.0.1');
  const server = http2.createSecureServer({
    key: readFileSync(certificates.path('server.key')),
    cert: readFileSync(certificates.path('server.pem')),
  });
  server.on('stream', echo);
  let connections = 0;
  server.on('secureConnection', () => connections++);
  const url = await listen(t, server, 'https');
  const { upstream } = reach(
    t,
    url,
    parse({ tls: { ca: certificates.path('ca.pem') }, connections: { http2: 'alpn' } }),
  );
  await upstream.send(POST, contextOf());
  const answers = await Promise.all(Array.from({ length: 20 }, () => upstream.send(POST, contextOf())));
  assert.ok(answers.every(({ body }) => body === 'h2 {}'));
  assert.equal(connections, 1);
});

test('HTTP/2 without TLS is spoken where the config says so, with trailers', async (t) => {
  const server = http2.createServer();
  server.on('stream', echo);
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' } }));
  const answer = await upstream.stream(
    {
      method: 'POST',
      path: '/pkg.Service/Call',
      headers: ['content-type', 'application/grpc', 'te', 'trailers'],
      body: Readable.from([Buffer.from('ab')]),
    },
    contextOf(),
  );
  assert.equal(answer.status, 200);
  assert.equal(await text(answer.body), 'h2 ab');
  assert.deepEqual(answer.trailers(), ['grpc-status', '0']);
  assert.equal((await upstream.send(GET, contextOf())).body, 'h2 ');
});

test('a refused HTTP/2 stream was not processed, so even a POST goes again', async (t) => {
  const server = http2.createServer();
  let refused = 0;
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    if (refused++ === 0) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    else echo(stream, headers);
  });
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' }, retry: { base: '1ms' } }));
  assert.equal((await upstream.send(POST, contextOf())).body, 'h2 {}');
  assert.equal(refused, 2);
});

test('an aborted HTTP/2 request ends its stream, not the connection', async (t) => {
  const server = http2.createServer();
  const arrived = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let connections = 0;
  server.on('session', () => connections++);
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] !== '/hang') {
      echo(stream, headers);
      return;
    }
    stream.once('close', () => ended.resolve());
    arrived.resolve();
  });
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' } }));
  await upstream.send(GET, contextOf());
  const client = new AbortController();
  const answer = upstream.send({ ...GET, path: '/hang' }, contextOf({ signal: client.signal }));
  await arrived.promise;
  client.abort();
  await assert.rejects(answer, { code: 'CLIENT_CLOSED_REQUEST' });
  await ended.promise;
  await upstream.send(GET, contextOf());
  assert.equal(connections, 1);
});

test('after GOAWAY running streams get their answer, and new requests a new connection', async (t) => {
  const server = http2.createServer();
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const sessions: http2.ServerHttp2Session[] = [];
  const seen: string[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    seen.push(headers[':path'] as string);
    if (headers[':path'] !== '/slow') {
      echo(stream, headers);
      return;
    }
    arrived.resolve();
    gate.promise.then(() => echo(stream, headers));
  });
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' }, retry: { base: '1ms' } }));
  const slow = upstream.send({ ...POST, path: '/slow' }, contextOf());
  await arrived.promise;
  sessions[0]?.close();
  const quick = await upstream.send({ ...POST, path: '/quick' }, contextOf());
  assert.equal(quick.body, 'h2 {}');
  gate.resolve();
  assert.equal((await slow).body, 'h2 {}');
  assert.deepEqual(seen, ['/slow', '/quick'], 'nothing was sent twice');
});

test('a service that has no HTTP/2 is spoken to in HTTP/1.1', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('server', 'IP:127.0.0.1');
  const server = https.createServer(
    { key: readFileSync(certificates.path('server.key')), cert: readFileSync(certificates.path('server.pem')) },
    (request, response) => response.end(request.httpVersion),
  );
  const url = await listen(t, server, 'https');
  const { upstream } = reach(
    t,
    url,
    parse({ tls: { ca: certificates.path('ca.pem') }, connections: { http2: 'alpn' } }),
  );
  const answers = await Promise.all([1, 2, 3].map(() => upstream.send(GET, contextOf())));
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['1.1', '1.1', '1.1'],
  );
});

test('the limit of streams of the service is kept, and more connections are made', async (t) => {
  const server = http2.createServer({ settings: { maxConcurrentStreams: 2 } });
  const open = new Map<unknown, number>();
  let most = 0;
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    const { session } = stream;
    const running = (open.get(session) ?? 0) + 1;
    open.set(session, running);
    most = Math.max(most, running);
    stream.on('close', () => open.set(session, (open.get(session) ?? 0) - 1));
    echo(stream, headers);
  });
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c', max: 3 } }));
  await upstream.send(POST, contextOf());
  const answers = await Promise.all(Array.from({ length: 30 }, () => upstream.send(POST, contextOf())));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(most <= 2, `got ${most}`);
  assert.ok(open.size > 1 && open.size <= 3, `got ${open.size} connections`);
});

test('streams of HTTP/2 flow both ways at once, with back-pressure', async (t) => {
  const server = http2.createServer();
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
  });
  const url = await listen(t, server, 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' } }));
  const upload = new PassThrough();
  const answer = await upstream.stream({ method: 'POST', path: '/', headers: [], body: upload }, contextOf());
  upload.write('ping');
  const [first] = await once(answer.body, 'data');
  assert.equal(String(first), 'ping');
  upload.end();
  answer.body.resume();
  await once(answer.body, 'end');
  assert.equal(upstream.state.endpoints[0]?.inFlight, 0);
});

test('a service that does not speak HTTP/2 after all is UPSTREAM_UNAVAILABLE', async (t) => {
  const url = await listen(t, http.createServer(), 'http');
  const { upstream } = reach(t, url, parse({ connections: { http2: 'h2c' } }));
  await assert.rejects(upstream.send(GET, contextOf()), { code: 'UPSTREAM_UNAVAILABLE' });
});

test('long bodies go both ways over TLS whole, at the pace of their reader', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('server', 'IP:127.0.0.1');
  const server = https.createServer(
    { key: readFileSync(certificates.path('server.key')), cert: readFileSync(certificates.path('server.pem')) },
    (request, response) => request.pipe(response),
  );
  const url = await listen(t, server, 'https');
  const { upstream } = reach(t, url, parse({ tls: { ca: certificates.path('ca.pem') } }));
  const sent = Buffer.alloc(4_000_000);
  for (let i = 0; i < sent.length; i++) sent[i] = (i * 17 + (i >> 9)) & 0xff;
  for (let round = 0; round < 2; round++) {
    const pieces = Array.from({ length: 40 }, (_, i) => sent.subarray(i * 100_000, (i + 1) * 100_000));
    const answer = await upstream.stream(
      { method: 'POST', path: '/', headers: [], body: Readable.from(pieces, { objectMode: false }) },
      contextOf(),
    );
    const received: Buffer[] = [];
    for await (const chunk of answer.body) {
      received.push(chunk as Buffer);
      if (received.length % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(Buffer.concat(received).equals(sent));
  }
});
