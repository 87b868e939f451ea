import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { startServer } from '../transport/recording-server.ts';
import { connectRaw } from './raw-connection.ts';
import { type RouteGateway, type RouteGatewayDefinition, startRouteGateway } from './route-gateway.ts';

type Options = Partial<RouteGatewayDefinition> & { readonly route?: Record<string, unknown> };

/** A gateway that sends everything on to one upstream. */
function forwardTo(
  t: TestContext,
  url: string,
  { route = {}, sections, upstreams }: Options = {},
): Promise<RouteGateway> {
  return startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service', ...route }],
    upstreams: { service: url, ...upstreams },
    ...(sections !== undefined && { sections }),
  });
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly informational: { readonly statusCode: number; readonly headers: http.IncomingHttpHeaders }[];
  readonly body: string;
}

/** Sends with Node's client, which hides less than `fetch`. */
function send(url: string, options: http.RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const informational: Answer['informational'] = [];
    const request = http.request(url, { agent: false, ...options }, async (response) => {
      try {
        const received = await text(response);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          raw: response.rawHeaders,
          trailers: response.trailers,
          informational,
          body: received,
        });
      } catch (error) {
        reject(error as Error);
      }
    });
    request.on('information', (info) => informational.push(info));
    request.on('error', reject);
    request.end(body);
  });
}

describe('what is sent on', { timeout: 30_000 }, () => {
  it('has no field of the hop it came by, nor one that Connection names', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { port } = await forwardTo(t, service.url);
    const connection = await connectRaw(t, port);
    connection.socket.write(
      'GET /a HTTP/1.1\r\nHost: shop\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n' +
        'Proxy-Authorization: Basic x\r\nProxy-Connection: close\r\nTE: gzip\r\nUpgrade: h2c\r\nX-End: 2\r\n\r\n',
    );
    await connection.until(/ok/);
    const { headers } = service.requests[0] as (typeof service.requests)[number];
    for (const name of ['x-hop', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'upgrade']) {
      assert.equal(headers[name], undefined, name);
    }
    assert.equal(headers['x-end'], '2');
  });

  it('says who the client is, whatever the client says', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { url, port } = await forwardTo(t, service.url, {
      sections: { proxy: { forwarded: ['forwarded', 'x_forwarded', 'x_real_ip'] } },
    });
    await send(`${url}/a`, {
      headers: {
        host: 'shop.example:81',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil',
        'x-forwarded-prefix': '/evil',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
      },
    });
    const { headers } = service.requests[0] as (typeof service.requests)[number];
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], 'shop.example:81');
    assert.equal(headers['x-forwarded-port'], '81');
    assert.equal(headers['x-forwarded-prefix'], undefined);
    assert.equal(headers['x-real-ip'], '127.0.0.1');
    assert.equal(headers.forwarded, 'for=127.0.0.1;host="shop.example:81";proto=http');
    assert.equal(headers.host, new URL(service.url).host);
    assert.ok(port > 0);
  });

  it('says what a trusted proxy knows of the client', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { url } = await forwardTo(t, service.url, {
      route: { host: 'preserve' },
      sections: { server: { trusted_proxies: ['127.0.0.1'] } },
    });
    await send(`${url}/a`, {
      headers: {
        host: 'inner',
        'x-forwarded-for': '6.6.6.6, 2001:db8::7',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'shop.example',
      },
    });
    const { headers } = service.requests[0] as (typeof service.requests)[number];
    assert.equal(headers['x-forwarded-for'], '2001:db8::7');
    assert.equal(headers.forwarded, 'for="[2001:db8::7]";host=shop.example;proto=https');
    assert.equal(headers['x-forwarded-port'], '443');
    assert.equal(headers.host, 'inner');
  });

  it('has no internal field, nor has what comes back', async (t) => {
    const service = await startServer(t, (_, response) => {
      response.writeHead(200, { 'x-internal-node': '7', 'x-debug': 'yes', 'x-debugging': 'kept' });
      response.end('ok');
    });
    const { url } = await forwardTo(t, service.url, {
      sections: { proxy: { internal_headers: ['X-Internal-*', 'x-debug'] } },
    });
    const answer = await send(`${url}/a`, {
      headers: { 'X-INTERNAL-user': 'root', 'x-debug': '1', x_internal_a: '2' },
    });
    const { headers } = service.requests[0] as (typeof service.requests)[number];
    assert.deepEqual(
      Object.keys(headers).filter((name) => /internal|debug/.test(name)),
      [],
    );
    assert.equal(answer.headers['x-internal-node'], undefined);
    assert.equal(answer.headers['x-debug'], undefined);
    assert.equal(answer.headers['x-debugging'], 'kept');
  });

  for (const name of ['X_Forwarded_For', 'x.real-ip', 'Content_Length', 'Transfer_Encoding', 'x_request_id']) {
    it(`is refused with the header ${name}, which services may read as another`, async (t) => {
      const service = await startServer(t, (_, response) => response.end('ok'));
      const { url } = await forwardTo(t, service.url);
      const answer = await send(`${url}/a`, { headers: { [name]: '5' } });
      assert.equal(answer.status, 400);
      assert.equal(JSON.parse(answer.body).code, 'AMBIGUOUS_HEADER');
      assert.equal(service.requests.length, 0);
    });
  }

  it('names the gateway in Via, and is refused when it comes again', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const gateway = await startRouteGateway(t, {
      routes: [
        { name: 'service', match: { path: '/service' }, upstream: 'service' },
        { name: 'self', match: { path: '/self' }, upstream: 'self' },
      ],
      upstreams: { service: service.url, self: 'http://127.0.0.1:1' },
      sections: { proxy: { via: 'edge' } },
    });
    await send(`${gateway.url}/service`, { headers: { via: '1.0 other' } });
    assert.equal(service.requests[0]?.headers.via, '1.0 other, 1.1 edge');
    await gateway.reload({
      routes: [{ name: 'self', match: { path: '/self' }, upstream: 'self' }],
      upstreams: { self: gateway.url },
      sections: { proxy: { via: 'edge' } },
    });
    const answer = await send(`${gateway.url}/self`);
    assert.equal(answer.status, 508);
    assert.equal(JSON.parse(answer.body).code, 'LOOP_DETECTED');
  });

  it('has the path and the query byte by byte', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { url } = await forwardTo(t, service.url, { route: { allow_in_path: ['encoded_slash', 'empty_segment'] } });
    for (const target of ['/a%20b/%C3%A9?q=%zz&&x=a+b', "/a;v=1/(b)'!*,=:@$&", '/a%2Fb//c/?']) {
      await send(url, { path: target });
      assert.equal(service.requests.at(-1)?.url, target === '/a%2Fb//c/?' ? '/a%2Fb//c/' : target);
    }
  });

  for (const target of ['/a/../b', '/a/%2e%2e/b', '/a%5Cb', '/a%00', '/a%2', '/a%2Fb', '/a//b']) {
    it(`is refused with the path ${target}`, async (t) => {
      const service = await startServer(t, (_, response) => response.end('ok'));
      const { url } = await forwardTo(t, service.url);
      const answer = await send(url, { path: target });
      assert.equal(answer.status, 400);
      assert.equal(JSON.parse(answer.body).code, 'MALFORMED_PATH');
      assert.equal(service.requests.length, 0);
    });
  }

  it('is refused where URL, header or body are larger than the route admits', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { url, port } = await forwardTo(t, service.url, {
      route: { max_url: '50B', max_headers: '300B', max_body: '10B' },
    });
    const codes = async (answer: Promise<Answer>) => {
      const { status, body } = await answer;
      return [status, JSON.parse(body).code];
    };
    assert.deepEqual(await codes(send(`${url}/${'a'.repeat(50)}`)), [414, 'URI_TOO_LONG']);
    assert.deepEqual(await codes(send(url, { headers: { a: 'b'.repeat(300) } })), [431, 'HEADERS_TOO_LARGE']);
    assert.deepEqual(await codes(send(url, { method: 'POST' }, 'b'.repeat(11))), [413, 'CONTENT_TOO_LARGE']);
    assert.equal(service.requests.length, 0);
    const connection = await connectRaw(t, port);
    connection.socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n');
    connection.socket.write('8\r\nabcdefgh\r\n');
    await connection.until(/ 413 [\s\S]*CONTENT_TOO_LARGE/);
  });
});

describe('a slow upload', { timeout: 30_000 }, () => {
  it('has the time that uploads have, and not that of other requests', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { port } = await forwardTo(t, service.url, {
      sections: { server: { request_timeout: '100ms' } },
      upstreams: { service: { url: service.url, timeouts: { upload: '10s' } } },
    });
    const connection = await connectRaw(t, port);
    connection.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    await new Promise((resolve) => setTimeout(resolve, 300));
    connection.socket.write('def');
    await connection.until(/ 200 [\s\S]*ok/);
    assert.equal(service.requests[0]?.body, 'abcdef');
  });
});

describe('what comes back', { timeout: 30_000 }, () => {
  it('has no field of the hop it came by', async (t) => {
    const service = await startServer(t, (_, response) => {
      response.writeHead(200, [
        ...['Connection', 'X-Hop', 'X-Hop', '1', 'Keep-Alive', 'timeout=5', 'Proxy-Authenticate', 'Basic'],
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Frame-Options', 'SAMEORIGIN', 'X-Request-Id', 'upstream'],
      ]);
      response.end('ok');
    });
    const { url } = await forwardTo(t, service.url);
    const { headers, body } = await send(`${url}/a`);
    assert.equal(body, 'ok');
    for (const name of ['x-hop', 'keep-alive', 'proxy-authenticate']) assert.equal(headers[name], undefined, name);
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['x-request-id'] as string, /^[0-9a-f-]{36}$/);
  });

  it('keeps the length where it is known, and is chunked where not', async (t) => {
    const begun = Promise.withResolvers<void>();
    const service = await startServer(t, async (request, response) => {
      if (request.url === '/known') response.writeHead(200, { 'content-length': 5 });
      response.write('he');
      if (request.url === '/open') await begun.promise;
      response.end('llo');
    });
    const { url, port } = await forwardTo(t, service.url);
    const known = await send(`${url}/known`);
    assert.equal(known.headers['content-length'], '5');
    assert.equal(known.headers['transfer-encoding'], undefined);
    const connection = await connectRaw(t, port);
    connection.socket.write('GET /open HTTP/1.1\r\nHost: a\r\n\r\n');
    await connection.until(/\r\ntransfer-encoding: chunked\r\n[\s\S]*\r\n\r\n2\r\nhe\r\n$/);
    begun.resolve();
    await connection.until(/\r\n3\r\nllo\r\n0\r\n\r\n$/);
  });

  it('answers HEAD, 204 and 304 without body, and parts as they are', async (t) => {
    const service = await startServer(t, (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 1234 });
      else if (request.url === '/304') response.writeHead(304, { etag: '"1"' });
      else if (request.url === '/204') response.writeHead(204);
      else response.writeHead(206, { 'content-range': 'bytes 0-1/10', 'content-length': 2 }).write('ab');
      response.end();
    });
    const { url } = await forwardTo(t, service.url);
    const head = await send(`${url}/a`, { method: 'HEAD' });
    assert.equal(head.headers['content-length'], '1234');
    assert.equal(head.body, '');
    assert.equal((await send(`${url}/304`, { headers: { 'if-none-match': '"1"' } })).status, 304);
    assert.equal((await send(`${url}/204`)).status, 204);
    const part = await send(`${url}/a`, { headers: { range: 'bytes=0-1' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers['content-range'], 'bytes 0-1/10');
    assert.equal(service.requests.at(-1)?.headers.range, 'bytes=0-1');
  });

  it('has its trailers, but none that would say how it is read', async (t) => {
    const service = await startServer(t, (_, response) => {
      response.write('ok');
      response.addTrailers({ 'x-sum': '7', 'set-cookie': 'a=1' });
      response.end();
    });
    const { url } = await forwardTo(t, service.url);
    const answer = await send(`${url}/a`, { headers: { te: 'trailers' } });
    assert.equal(answer.trailers['x-sum'], '7');
    assert.equal(answer.trailers['set-cookie'], undefined);
    assert.equal(service.requests[0]?.headers.te, 'trailers');
  });

  it('is asked for with the trailers of the client', async (t) => {
    let trailers: NodeJS.Dict<string> = {};
    const service = await startServer(t, (request, response) => {
      trailers = request.trailers;
      response.end('ok');
    });
    const { port } = await forwardTo(t, `${service.url}/base/`);
    const connection = await connectRaw(t, port);
    connection.socket.write(
      'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n' +
        'X-Sum: 7\r\nAuthorization: Basic x\r\nX_Real_IP: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n',
    );
    await connection.until(/ 200 [\s\S]*ok/);
    assert.deepEqual({ ...trailers }, { 'x-sum': '7' });
    assert.equal(service.requests[0]?.body, 'abc');
    assert.equal(service.requests[0]?.url, '/base/a');
  });

  it('is preceded by early hints', async (t) => {
    const service = await startServer(t, (_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload', 'x-why': 'soon' });
      response.end('ok');
    });
    const { url } = await forwardTo(t, service.url);
    const answer = await send(`${url}/a`);
    assert.equal(answer.body, 'ok');
    assert.deepEqual(
      answer.informational.map(({ statusCode, headers }) => [statusCode, headers.link, headers['x-why']]),
      [[103, '</style.css>; rel=preload', 'soon']],
    );
  });

  it('is cut where the upstream ends it early', async (t) => {
    const service = await startServer(t, (request, response) => {
      if (request.url === '/known') response.writeHead(200, { 'content-length': 100 });
      response.write('begin');
      setImmediate(() => response.destroy());
    });
    const { url } = await forwardTo(t, service.url);
    await assert.rejects(send(`${url}/known`));
    await assert.rejects(send(`${url}/open`));
  });

  it('is a problem where the upstream is away, with the request id and nothing of the inside', async (t) => {
    const { url } = await forwardTo(t, 'http://127.0.0.1:1');
    const answer = await send(`${url}/a`);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    const problem = JSON.parse(answer.body);
    assert.equal(problem.code, 'UPSTREAM_UNAVAILABLE');
    assert.equal(problem.requestId, answer.headers['x-request-id']);
    assert.doesNotMatch(answer.body, /127\.0\.0\.1|ECONN/);
    const head = await send(`${url}/a`, { method: 'HEAD' });
    assert.equal(head.status, 503);
    assert.equal(head.body, '');
  });

  it('comes at once while the upload runs, and the next request has its answer too', async (t) => {
    const service = await startServer(t, () => {});
    service.server.removeAllListeners('request');
    service.server.on('request', (request, response) => {
      response.writeHead(403, { 'content-length': 2 }).end('no');
      request.resume();
    });
    const { port } = await forwardTo(t, service.url);
    const connection = await connectRaw(t, port);
    connection.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    await connection.until(/ 403 [\s\S]*\r\n\r\nno/);
    connection.socket.write('d'.repeat(97));
    connection.socket.write('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await connection.until(/ 403 [\s\S]* 403 /);
  });

  it('ends the connection of a client that goes on to send', async (t) => {
    const service = await startServer(t, () => {});
    service.server.removeAllListeners('request');
    service.server.on('request', (_, response) => response.writeHead(403, { 'content-length': 2 }).end('no'));
    const { port } = await forwardTo(t, service.url);
    const connection = await connectRaw(t, port);
    connection.socket.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nabc');
    await connection.until(/ 403 [\s\S]*\r\n\r\nno/);
    connection.socket.write('d'.repeat(8_000_000));
    await connection.closed;
  });
});

describe('a client that waits for 100 Continue', { timeout: 30_000 }, () => {
  const head = (more = '') => `POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n${more}\r\n`;

  it('is asked for its body once the upstream takes it', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const { port } = await forwardTo(t, service.url);
    const connection = await connectRaw(t, port);
    connection.socket.write(head());
    await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    connection.socket.write('hello');
    await connection.until(/ 200 OK[\s\S]*ok/);
    assert.equal(service.requests[0]?.body, 'hello');
    assert.equal(service.requests[0]?.headers.expect, '100-continue');
  });

  it('is refused without being asked, and its connection ends', async (t) => {
    const { port } = await forwardTo(t, 'http://127.0.0.1:1', { route: { max_body: '4B' } });
    const connection = await connectRaw(t, port);
    connection.socket.write(head());
    await connection.until(/^HTTP\/1\.1 413 /);
    await connection.closed;
    assert.match(connection.received, /connection: close/i);
  });

  it('is refused without being asked where the upstream is away', async (t) => {
    const { port } = await forwardTo(t, 'http://127.0.0.1:1');
    const connection = await connectRaw(t, port);
    connection.socket.write(head());
    await connection.until(/^HTTP\/1\.1 503 /);
    await connection.closed;
  });
});

describe('server-sent events', { timeout: 30_000 }, () => {
  it('flow as they come, beyond the time that other answers have', async (t) => {
    const service = await startServer(t, () => {});
    service.server.removeAllListeners('request');
    const { promise: begun, resolve: begin } = Promise.withResolvers<http.ServerResponse>();
    service.server.on('request', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      begin(response);
    });
    const { url } = await forwardTo(t, service.url, { sections: { server: { request_timeout: '100ms' } } });
    const request = http.get(`${url}/events`, { agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const events = await begun;
    events.write('data: 1\n\n');
    assert.equal(String((await once(response, 'data'))[0]), 'data: 1\n\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    events.write(': heartbeat\n\n');
    assert.equal(String((await once(response, 'data'))[0]), ': heartbeat\n\n');
    const closed = once(events, 'close');
    response.destroy();
    await closed;
  });
});
