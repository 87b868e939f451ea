import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { describe, it, type TestContext } from 'node:test';
import { Certificates } from '../../transport/certificates.ts';
import { dial, dialTls, GET, readText, type Served, serve, type WrittenServer } from './serve.ts';

describe('a gateway that stops', () => {
  it('closes idle connections at once, new ones and those between two requests, and takes no more', async (t) => {
    const { listeners, port } = await serveHeld(t);
    const fresh = dial(t, port('web'));
    await once(fresh, 'connect');
    const idle = dial(t, port('web'));
    idle.write(GET.replace('Connection: close\r\n', ''));
    await readText(idle, /free$/);
    const session = connectTo(t, port('inside'));
    await once(session, 'remoteSettings');
    const startedMs = performance.now();
    const both = Promise.all([once(fresh, 'close'), once(idle, 'close'), once(session, 'close')]);
    assert.equal(await listeners.close(), true);
    await both;
    assert.ok(performance.now() - startedMs < 900);
    const late = dial(t, port('web'));
    assert.match(String((await once(late, 'error'))[0]), /ECONNREFUSED/);
  });

  it('lets requests in flight finish, then closes their connections, whatever was promised', async (t) => {
    const { listeners, port, held } = await serveHeld(t);
    const promised = dial(t, port('web'));
    promised.write(GET.replace('GET /', 'GET /begun').replace('Connection: close\r\n', ''));
    const head = await readText(promised, /begun/);
    assert.match(head, /Connection: keep-alive/i);
    const waiting = dial(t, port('web'));
    waiting.write(GET.replace('GET /', 'GET /held').replace('Connection: close\r\n', ''));
    const session = connectTo(t, port('inside'));
    const stream = session.request({ ':path': '/held' });
    while (held.length < 3) await new Promise(setImmediate);
    const closing = listeners.close();
    await closeOf(session.request({ ':path': '/late' }));
    const [text, [headers]] = await Promise.all([readText(waiting), once(stream.resume(), 'response'), release(held)]);
    assert.match(text, /^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*held$/i);
    assert.equal((headers as Record<string, unknown>)[':status'], 200);
    assert.equal(await closing, true);
  });

  it('cuts what is left after the grace, and says so', async (t) => {
    for (const listener of ['web', 'inside'] as const) {
      const { listeners, port, held } = await serveHeld(t, { shutdown_grace: '50ms' });
      if (listener === 'web') dial(t, port('web')).write(GET.replace('GET /', 'GET /held'));
      else
        connectTo(t, port('inside'))
          .request({ ':path': '/held' })
          .on('error', () => undefined);
      while (held.length < 1) await new Promise(setImmediate);
      assert.equal(await listeners.close(), false);
    }
  });

  it('closes event streams and tunnels within their time, which is no cut', async (t) => {
    const { listeners, port, held } = await serveHeld(t, { shutdown_spread: '50ms' });
    const events = dial(t, port('web'));
    events.write(GET.replace('GET /', 'GET /events'));
    const stream = connectTo(t, port('inside')).request({ ':path': '/events' });
    const tunnel = dial(t, port('web'));
    tunnel.write(
      GET.replace('Connection: close', 'Connection: upgrade\r\nUpgrade: websocket').replace('GET /', 'GET /tunnel'),
    );
    await readText(tunnel, /switched$/);
    while (held.length < 2) await new Promise(setImmediate);
    const closed = [readText(events), closeOf(stream.resume()), readText(tunnel)] as const;
    assert.equal(await listeners.close(), true);
    const [, , last] = await Promise.all(closed);
    assert.match(last, /goodbye$/);
  });

  it('waits for nobody who has not come to a request', async (t) => {
    const certificates = new Certificates(t);
    certificates.issue('web', 'DNS:shop.test');
    const tls = { cert: certificates.path('web.pem'), key: certificates.path('web.key') };
    const { listeners, port } = await serve(
      t,
      {
        listeners: [
          { name: 'web', port: 0, tls },
          { name: 'balanced', port: 0, proxy_protocol: { trusted: ['127.0.0.1'] } },
        ],
      },
      { request: (_request, response) => void response.end() },
    );
    const shaking = dial(t, port('web'));
    const balanced = dial(t, port('balanced'));
    await Promise.all([once(shaking, 'connect'), once(balanced, 'connect')]);
    const secure = await dialTls(t, port('web'), { rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const closed = Promise.all([shaking, balanced, secure].map((socket) => once(socket.resume(), 'close')));
    const startedMs = performance.now();
    assert.equal(await listeners.close(), true);
    await closed;
    assert.ok(performance.now() - startedMs < 900);
  });

  it('asks clients to go elsewhere while it still serves them', async (t) => {
    const { listeners, port } = await serveHeld(t);
    const session = connectTo(t, port('inside'));
    await once(session, 'remoteSettings');
    const gone = once(session, 'goaway');
    listeners.announceDrain();
    assert.equal((await gone)[0], constants.NGHTTP2_NO_ERROR);
    const socket = dial(t, port('web'));
    socket.write(GET.replace('Connection: close\r\n', ''));
    assert.match(await readText(socket), /^HTTP\/1\.1 200 OK[\s\S]*connection: close/i);
  });
});

/** Two listeners, `web` with HTTP/1.1 and `inside` with HTTP/2 too. `/held`, `/begun` and `/events` wait. */
async function serveHeld(t: TestContext, settings: WrittenServer = {}): Promise<Served & { held: ServerResponse[] }> {
  const held: ServerResponse[] = [];
  const served = await serve(
    t,
    {
      ...settings,
      listeners: [
        { name: 'web', port: 0 },
        { name: 'inside', port: 0, http2: true },
      ],
    },
    {
      request(request: IncomingMessage, response: ServerResponse) {
        request.resume();
        if (request.url === '/') return void response.end('free');
        held.push(response);
        if (request.url === '/begun') response.write('begun');
        if (request.url === '/events') {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.flushHeaders();
        }
      },
      upgrade(_request, socket) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nswitched');
        return () => socket.end('goodbye');
      },
    },
  );
  return { ...served, held };
}

/** With an error or without. */
function closeOf(stream: ClientHttp2Stream): Promise<void> {
  stream.on('error', () => undefined);
  return new Promise((resolve) => {
    stream.on('close', resolve);
  });
}

async function release(held: readonly ServerResponse[]): Promise<void> {
  await new Promise(setImmediate);
  for (const response of held) response.end('held');
}

function connectTo(t: TestContext, port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return session;
}
