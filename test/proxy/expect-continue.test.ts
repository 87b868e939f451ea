import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { closed, OK, startRaw } from '../transport/http1/raw-server.ts';
import { startServer } from '../transport/recording-server.ts';
import { connectRaw, type RawConnection } from './raw-connection.ts';
import { type RouteGateway, startRouteGateway } from './route-gateway.ts';

const HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

interface Seen {
  readonly gateway: RouteGateway;
  readonly client: RawConnection;
  /** Connections to the upstream, the closed ones too. */
  readonly sockets: readonly Socket[];
  /** All that the upstream has read. */
  readonly read: () => string;
  /** Until the upstream has read this. */
  readonly until: (pattern: RegExp) => Promise<void>;
}

/** @param onPiece What the upstream does with each piece that comes, and with all that has come. */
async function stage(
  t: TestContext,
  onPiece: (socket: Socket, all: string) => void,
  { upstream = {}, route = {} }: { upstream?: Record<string, unknown>; route?: Record<string, unknown> } = {},
): Promise<Seen> {
  let all = '';
  const waiting = new Map<() => void, RegExp>();
  const { url, sockets } = await startRaw(t, (socket, data) => {
    all += data;
    onPiece(socket, all);
    for (const [resolve, pattern] of waiting) if (pattern.test(all)) resolve();
  });
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service', ...route }],
    upstreams: { service: { url, ...upstream } },
  });
  const client = await connectRaw(t, gateway.port);
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      if (pattern.test(all)) resolve();
      else waiting.set(resolve, pattern);
    });
  return { gateway, client, sockets, read: () => all, until };
}

const PATIENT = { upstream: { timeouts: { continue: '60s' } } };

describe('Expect: 100-continue', { timeout: 30_000 }, () => {
  it('is settled where the body comes along: what is refused at once ends no connection', async (t) => {
    const { client } = await stage(t, (socket) => socket.write(OK));
    client.socket.write(`${HEAD.replace('/a', '/%zz')}helloGET /b HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/^HTTP\/1\.1 400 [\s\S]*MALFORMED_PATH[\s\S]*HTTP\/1\.1 200 /);
  });

  it('goes on to the upstream, which alone asks for the body; both connections serve on', async (t) => {
    const { client, sockets, read, until } = await stage(
      t,
      (socket, all) => {
        if (/hello$|GET [\s\S]*\r\n\r\n$/.test(all)) socket.write(OK);
      },
      PATIENT,
    );
    client.socket.write(HEAD);
    await until(/\r\n\r\n$/);
    assert.match(read(), /^POST \/a HTTP\/1\.1\r\n[\s\S]*\r\nexpect: 100-continue\r\n/);
    assert.equal(client.received, '');
    sockets[0]?.write(CONTINUE);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('hello');
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*ok$/);
    assert.doesNotMatch(client.received, /connection: close/i);
    client.socket.write('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until(/ok[\s\S]*ok$/);
    assert.equal(sockets.length, 1);
  });

  it('goes on for a body in chunks, and for one that is sent without waiting', async (t) => {
    const { client, sockets, until } = await stage(
      t,
      (socket, all) => {
        if (all.endsWith('5\r\nhello\r\n0\r\n\r\n')) socket.write(OK);
      },
      PATIENT,
    );
    const head = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n';
    client.socket.write(`${head}5\r\nhello\r\n0\r\n\r\n`);
    await until(/transfer-encoding: chunked\r\nexpect: 100-continue[\s\S]*\r\n\r\n$/);
    sockets[0]?.write(CONTINUE);
    await client.until(/200 OK\r\n[\s\S]*ok$/);
  });

  for (const status of ['401 Unauthorized', '413 Content Too Large', '417 Expectation Failed', '307 Redirect']) {
    it(`brings a final answer (${status}) to the client, of whose body nobody has asked a byte`, async (t) => {
      const { gateway, client, sockets, read, until } = await stage(
        t,
        (socket, all) => {
          if (all.endsWith('\r\n\r\n')) socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nno`);
        },
        PATIENT,
      );
      client.socket.write(HEAD);
      await client.until(/^HTTP\/1\.1 \d[\s\S]*\r\n\r\nno$/);
      assert.match(client.received, new RegExp(`^HTTP/1.1 ${status.slice(0, 3)} `));
      // Whether the client sends its body now, nobody can know.
      assert.match(client.received, /connection: close/i);
      await client.closed;
      await closed(sockets[0]);
      const next = await connectRaw(t, gateway.port);
      next.socket.write('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(/\r\n\r\nGET \/b /);
      assert.equal(sockets.length, 2);
      assert.doesNotMatch(read(), /hello/);
    });
  }

  it('ends after a time where the upstream says nothing', async (t) => {
    const { client, read } = await stage(
      t,
      (socket, all) => {
        if (all.endsWith('hello')) socket.write(OK);
      },
      { upstream: { timeouts: { continue: '50ms' } } },
    );
    client.socket.write(HEAD);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('hello');
    await client.until(/ 200 OK/);
    assert.match(read(), /\r\nexpect: 100-continue\r\n/);
  });

  it('counts the time for the head of the answer on, also after the body was sent unasked', async (t) => {
    const { client } = await stage(t, () => {}, {
      upstream: { timeouts: { continue: '50ms', response_header: '200ms' }, retry: false },
    });
    client.socket.write(HEAD);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('hello');
    await client.until(/ 504 /);
  });

  it('lets the upstream refuse what it has asked for', async (t) => {
    const { client, sockets, until } = await stage(t, () => {}, PATIENT);
    client.socket.write(HEAD);
    await until(/\r\n\r\n$/);
    sockets[0]?.write(CONTINUE);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('he');
    await until(/he$/);
    sockets[0]?.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno');
    await client.until(/ 413 [\s\S]*\r\n\r\nno$/);
    await Promise.all([client.closed, closed(sockets[0])]);
  });

  it('lets a request go to another endpoint as long as its body is untouched', async (t) => {
    const bodies: string[] = [];
    const busy = await startRaw(t, (socket, data) => {
      bodies.push(data.slice(data.indexOf('\r\n\r\n') + 4));
      socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    });
    const service = await startServer(t, (_, response) => response.end('stored'));
    const endpoints = [{ url: busy.url }, { url: service.url }];
    const upstream = { endpoints, balance: { algorithm: 'round_robin' }, breaker: false, ejection: false };
    const { port } = await startRouteGateway(t, {
      routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service' }],
      upstreams: { service: { ...upstream, retry: { base: '1ms', max_body: '1B', hedge_after: '1ms' } } },
    });
    for (let n = 0; n < 2; n++) {
      const client = await connectRaw(t, port);
      client.socket.write(HEAD.replace('POST', 'PUT'));
      await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      client.socket.write('hello');
      await client.until(/ 200 OK[\s\S]*stored/);
    }
    assert.deepEqual([...new Set(bodies)], ['']);
    assert.deepEqual(
      service.requests.map(({ method, body }) => [method, body]),
      [
        ['PUT', 'hello'],
        ['PUT', 'hello'],
      ],
    );
  });

  it('is met at once where the body is read before it is sent', async (t) => {
    const { client, read, until } = await stage(
      t,
      (socket, all) => {
        if (all.endsWith('hello')) socket.write(OK);
      },
      PATIENT,
    );
    client.socket.write(HEAD.replace('POST', 'PUT'));
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    assert.equal(read(), '');
    client.socket.write('hello');
    await until(/hello$/);
    assert.doesNotMatch(read(), /expect/i);
  });

  it('is met at once where a rule reads the body', async (t) => {
    const { client, read, until } = await stage(
      t,
      (socket, all) => {
        if (all.endsWith('}')) socket.write(OK);
      },
      { ...PATIENT, route: { transform: { request: { body: 'a: $.b' } } } },
    );
    client.socket.write(HEAD.replace('Expect', 'Content-Type: application/json\r\nExpect').replace('5', '7'));
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('{"b":1}');
    await until(/\{"a":1\}$/);
    assert.doesNotMatch(read(), /expect/i);
  });

  it('means nothing from a client of HTTP/1.0, which gets no interim answer', async (t) => {
    const { client, read } = await stage(
      t,
      (socket, all) => {
        if (all.endsWith('hello')) socket.write(CONTINUE + OK);
      },
      PATIENT,
    );
    client.socket.write(`${HEAD.replace('HTTP/1.1', 'HTTP/1.0')}hello`);
    await client.until(/^HTTP\/1\.1 200 OK/);
    assert.doesNotMatch(read(), /expect/i);
  });

  it('means nothing without a body', async (t) => {
    const { client, read } = await stage(t, (socket) => void socket.write(OK), PATIENT);
    client.socket.write('GET /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n');
    await client.until(/^HTTP\/1\.1 200 OK[\s\S]*ok$/);
    assert.doesNotMatch(read(), /expect/i);
  });

  it('is refused with 417 where it expects something else', async (t) => {
    const { client, sockets } = await stage(t, () => {});
    client.socket.write(HEAD.replace('100-continue', '100-continue, more'));
    await client.until(/^HTTP\/1\.1 417 [\s\S]*EXPECTATION_FAILED/);
    await client.closed;
    assert.equal(sockets.length, 0);
  });
});

describe('a client that waits to be asked', { timeout: 30_000 }, () => {
  it('is told where the upstream goes away meanwhile, and leaves nothing behind', async (t) => {
    const { gateway, client, sockets, until } = await stage(t, () => {}, {
      upstream: { timeouts: { continue: '60s' }, concurrency: { limit: 1, queue: 0 } },
    });
    client.socket.write(HEAD);
    await until(/\r\n\r\n$/);
    sockets[0]?.resetAndDestroy();
    await client.until(/^HTTP\/1\.1 503 /);
    await client.closed;
    const next = await connectRaw(t, gateway.port);
    next.socket.write('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(/GET \/b /);
    sockets[1]?.write(OK);
    await next.until(/ 200 OK/);
  });

  it('is asked only once the connection to the upstream is there', async (t) => {
    const gateway = await startRouteGateway(t, {
      routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service' }],
      upstreams: { service: 'http://127.0.0.1:1' },
    });
    const client = await connectRaw(t, gateway.port);
    client.socket.write(HEAD);
    await client.until(/^HTTP\/1\.1 503 /);
    await client.closed;
  });
});

describe('Expect: 100-continue over HTTP/2', { timeout: 30_000 }, () => {
  async function stageHttp2(t: TestContext, answer: (stream: http2.ServerHttp2Stream, expect: unknown) => void) {
    const server = http2.createServer();
    const sessions = new Set<http2.ServerHttp2Session>();
    server.on('session', (session) => void sessions.add(session));
    server.on('checkContinue', ({ stream, headers }) => answer(stream, headers.expect));
    server.on('request', ({ stream, headers }) => answer(stream, headers.expect));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await startRouteGateway(t, {
      routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service' }],
      upstreams: { service: { url, connections: { http2: 'h2c' }, timeouts: { continue: '60s' } } },
      sections: { server: { listeners: [{ name: 'inside', port: 0, http2: true }] } },
    });
    const session = http2.connect(gateway.url);
    t.after(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/a', expect: '100-continue' });
    const invited = once(stream, 'continue');
    return { session, stream, invited };
  }

  it('goes from end to end, and so does the answer', async (t) => {
    const { stream, invited } = await stageHttp2(t, (upstream, expect) => {
      upstream.additionalHeaders({ ':status': 100 });
      upstream.respond({ ':status': 200, 'x-expect': String(expect) });
      upstream.pipe(upstream);
    });
    await invited;
    stream.end('hello');
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(headers['x-expect'], '100-continue');
    assert.equal(await text(stream), 'hello');
  });

  it('ends with a final answer that asks for nothing, and the connection serves on', async (t) => {
    const { session, stream, invited } = await stageHttp2(t, (upstream, expect) => {
      upstream.respond({ ':status': expect === undefined ? 200 : 401 });
      upstream.end('no');
    });
    let isInvited = false;
    invited.then(
      () => {
        isInvited = true;
      },
      () => {},
    );
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(headers[':status'], 401);
    assert.equal(await text(stream), 'no');
    const next = session.request({ ':path': '/b' });
    const [{ ':status': status }] = (await once(next, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(status, 200);
    next.resume();
    await once(next, 'close');
    assert.equal(isInvited, false);
  });

  it('is refused with 417 where it expects something else', async (t) => {
    const { session, stream } = await stageHttp2(t, () => {});
    stream.on('error', () => {}).close();
    const other = session.request({ ':method': 'POST', ':path': '/a', expect: 'tea' });
    const [headers] = (await once(other, 'response')) as [http2.IncomingHttpHeaders];
    assert.equal(headers[':status'], 417);
    assert.match(await text(other), /EXPECTATION_FAILED/);
  });
});

it('an upload of Node is asked for by Node', { timeout: 30_000 }, async (t) => {
  const service = await startServer(t, (_, response) => response.end('ok'));
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service' }],
    upstreams: { service: service.url },
  });
  const headers = { expect: '100-continue' };
  const request = http.request(`${gateway.url}/a`, { method: 'POST', headers, agent: false });
  request.on('continue', () => request.end('hello'));
  request.flushHeaders();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  assert.equal(await text(response), 'ok');
  assert.equal(service.requests[0]?.headers.expect, '100-continue');
  assert.equal(service.requests[0]?.body, 'hello');
});
