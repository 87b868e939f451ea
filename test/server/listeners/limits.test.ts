import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, it } from 'node:test';
import { dial, GET, readText, recording, serve } from './serve.ts';

describe('slow clients', () => {
  it('that send the header in pieces are answered with 408 and cut', async (t) => {
    const { port, events } = await serve(t, { headers_timeout: '200ms', port: 0 }, { request: recording([]) });
    const socket = dial(t, port());
    const drip = setInterval(() => socket.write('X: y\r\n'), 40);
    t.after(() => clearInterval(drip));
    socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\n');
    const startedMs = performance.now();
    const text = await readText(socket);
    assert.match(text, /^HTTP\/1\.1 408 Request Timeout[\s\S]*"code":"REQUEST_TIMEOUT"/);
    assert.ok(performance.now() - startedMs < 2_000);
    assert.equal(events[0]?.type === 'request_refused' && events[0].code, 'REQUEST_TIMEOUT');
  });

  it('that send nothing are cut', async (t) => {
    const { port } = await serve(t, { headers_timeout: '200ms', port: 0 }, { request: recording([]) });
    await readText(dial(t, port()));
  });

  it('that send a body in crumbs are answered with 408 and cut, others are not', async (t) => {
    const settings = { port: 0, min_body_rate: '100B', body_rate_window: '1s' };
    const { port } = await serve(t, settings, { request: recording([]) });
    const head = 'POST / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n';
    const slow = dial(t, port());
    const crumbs = setInterval(() => slow.write('x'), 100);
    t.after(() => clearInterval(crumbs));
    slow.write(head);
    const steady = dial(t, port());
    let left = 1_000;
    const parts = setInterval(() => {
      steady.write('x'.repeat(Math.min(40, left)));
      left -= 40;
      if (left <= 0) clearInterval(parts);
    }, 100);
    t.after(() => clearInterval(parts));
    steady.write(head);
    const [cut, whole] = await Promise.all([readText(slow), readText(steady)]);
    assert.match(cut, /^HTTP\/1\.1 408 Request Timeout[\s\S]*"code":"REQUEST_TIMEOUT"/);
    assert.match(whole, /^HTTP\/1\.1 200 OK/);
  });

  it('are not at fault while nobody reads what they send', async (t) => {
    const settings = { port: 0, min_body_rate: '100B', body_rate_window: '1s' };
    const { port } = await serve(t, settings, {
      request(request, response) {
        setTimeout(() => request.resume().on('end', () => response.end('late')), 2_500);
      },
    });
    const socket = dial(t, port());
    socket.write('POST / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: 4\r\n\r\n');
    setTimeout(() => socket.write('body'), 2_600);
    assert.match(await readText(socket), /^HTTP\/1\.1 200 OK[\s\S]*late$/);
  });
});

describe('headers', () => {
  it('that are too large are refused with 431', async (t) => {
    const requests: string[] = [];
    const { port } = await serve(t, { port: 0, max_headers_size: '4KiB' }, { request: recording(requests) });
    const socket = dial(t, port());
    socket.write(GET.replace('\r\n\r\n', `\r\nX: ${'y'.repeat(5_000)}\r\n\r\n`));
    assert.match(await readText(socket), /^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/);
    assert.deepEqual(requests, []);
  });

  it('that are too many are refused with 431, and none is dropped unseen', async (t) => {
    const requests: string[] = [];
    const limits = { maxHeaders: 10, maxHeadersSizeBytes: 32_768 };
    const { port } = await serve(t, { port: 0, max_headers: 10 }, { request: recording(requests, limits) });
    for (const count of [9, 60]) {
      const socket = dial(t, port());
      socket.write(GET.replace('\r\n\r\n', `\r\n${'X: y\r\n'.repeat(count)}\r\n`));
      assert.match(await readText(socket), /^HTTP\/1\.1 431 /);
    }
    assert.deepEqual(requests, []);
  });
});

describe('connections', () => {
  it('keep their idle time beyond that of balancers', async (t) => {
    const { port } = await serve(t, { port: 0 }, { request: recording([]) });
    const socket = dial(t, port());
    socket.write(GET.replace('Connection: close\r\n', ''));
    const text = await readText(socket, /\r\n\r\n/);
    assert.ok(Number(/keep-alive: timeout=(\d+)/.exec(text)?.[1]) > 60, text);
  });

  it('are as many as may be, and places that are left are taken again', async (t) => {
    const { port, events } = await serve(t, { port: 0, max_connections: 2 }, { request: recording([]) });
    const ask = async () => {
      const socket = dial(t, port());
      socket.write(GET.replace('Connection: close\r\n', ''));
      return { socket, text: await readText(socket, /\r\n\r\n/) };
    };
    const first = await ask();
    const second = await ask();
    assert.deepEqual([first.text === '', second.text === '', (await ask()).text], [false, false, '']);
    assert.equal(events[0]?.type === 'connection_refused' && events[0].reason, 'max_connections');
    first.socket.end();
    await once(first.socket, 'close');
    assert.notEqual((await ask()).text, '');
  });

  it('of one client are as many as may be, those of a trusted proxy as many as there are', async (t) => {
    for (const [trusted_proxies, refused] of [
      [[], true],
      [['127.0.0.1'], false],
    ] as const) {
      const settings = { port: 0, max_connections_per_client: 1, trusted_proxies: [...trusted_proxies] };
      const { port } = await serve(t, settings, { request: recording([]) });
      const first = dial(t, port());
      first.write(GET.replace('Connection: close\r\n', ''));
      await readText(first, /\r\n\r\n/);
      const second = dial(t, port());
      second.write(GET);
      assert.equal((await readText(second)) === '', refused);
    }
  });
});

describe('a body that is asked for', () => {
  it('is invited once, by whoever reads it; one that is refused before is not', async (t) => {
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request(request, response) {
          if (request.url === '/refused') return void response.writeHead(403).end();
          request.resume().on('end', () => response.end('read'));
        },
      },
    );
    const head = 'HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
    const refused = dial(t, port());
    refused.write(`POST /refused ${head}`);
    assert.match(await readText(refused), /^HTTP\/1\.1 403 Forbidden[\s\S]*connection: close/i);
    const read = dial(t, port());
    read.write(`POST / ${head}`);
    const text = readText(read, /read$/);
    await once(read, 'data');
    read.write('body');
    assert.match(await text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*read$/);
  });

  it('and comes in crumbs by HTTP/2 ends its request', async (t) => {
    const settings = { min_body_rate: '100B', body_rate_window: '1s' };
    const listener = { name: 'inside', port: 0, http2: true };
    const { port } = await serve(t, { ...settings, listeners: [listener] }, { request: recording([]) });
    const session = connect(`http://127.0.0.1:${port()}`);
    t.after(() => session.destroy());
    const stream = session.request({ ':path': '/', ':method': 'POST' });
    stream.on('error', () => undefined).resume();
    const crumbs = setInterval(() => stream.write('x'), 200);
    await new Promise((resolve) => {
      stream.on('close', resolve);
    });
    clearInterval(crumbs);
    assert.equal(stream.rstCode, 8);
  });
});
