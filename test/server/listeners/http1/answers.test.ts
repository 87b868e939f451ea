import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { dial, readText, serve } from '../serve.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** All that comes back for these bytes until the connection ends. */
async function ask(t: TestContext, bytes: string, request: Handle): Promise<string> {
  const { port } = await serve(t, { port: 0 }, { request });
  const socket = dial(t, port());
  socket.write(bytes);
  return readText(socket);
}

const request = (line = 'GET / HTTP/1.1', fields = ''): string => `${line}\r\nHost: a\r\n${fields}\r\n`;
const last = (line?: string): string => request(line, 'Connection: close\r\n');

describe('an answer by HTTP/1.1', () => {
  it('has a length where all of it is there, and chunks where it is not', async (t) => {
    const text = await ask(t, request() + last('GET /parts HTTP/1.1'), ({ url }, response) => {
      if (url === '/') return void response.end('größer');
      response.write('ab');
      response.write('');
      response.end('cd');
    });
    const [first, second] = text.split(/(?=HTTP\/1\.1 )/);
    assert.match(first as string, /\r\ncontent-length: 8\r\n[\s\S]*\r\n\r\n/);
    assert.equal(Buffer.from((first as string).split('\r\n\r\n')[1] as string, 'latin1').toString(), 'größer');
    assert.match(second as string, /\r\ntransfer-encoding: chunked\r\n[\s\S]*\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n$/);
  });

  it('ends with the connection where the client knows no chunks', async (t) => {
    const text = await ask(t, request('GET / HTTP/1.0', 'Connection: keep-alive\r\n'), (_, response) => {
      response.write('ab');
      response.end('cd');
    });
    assert.match(text, /\r\nconnection: close\r\n/);
    assert.doesNotMatch(text, /chunked|content-length/);
    assert.match(text, /\r\n\r\nabcd$/);
  });

  it('keeps the connection of a client of HTTP/1.0 that asks for it', async (t) => {
    const text = await ask(
      t,
      request('GET / HTTP/1.0', 'Connection: keep-alive\r\n') + request('GET /b HTTP/1.0'),
      ({ url }, response) => response.end(url),
    );
    assert.match(
      text,
      /connection: keep-alive\r\n[\s\S]*\r\n\r\n\/HTTP\/1\.1 200 OK[\s\S]*connection: close\r\n[\s\S]*\/b$/,
    );
  });

  it('to HEAD, and with 204 or 304, has no body, and the next one is not taken for it', async (t) => {
    const lines = ['HEAD / HTTP/1.1', 'GET /204 HTTP/1.1', 'GET /304 HTTP/1.1'];
    const text = await ask(
      t,
      lines.map((line) => request(line)).join('') + last('GET /last HTTP/1.1'),
      ({ url }, response) => {
        const status = Number(url?.slice(1)) || 200;
        response.writeHead(status, status === 304 || url === '/' ? ['content-length', '4'] : []).end('body');
      },
    );
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, ['200', '204', '304', '200']);
    assert.equal(text.split('body').length, 2);
  });

  it('without a body has no last chunk, whatever its fields say', async (t) => {
    const lines = ['HEAD / HTTP/1.1', 'GET /204 HTTP/1.1', 'GET /304 HTTP/1.1'];
    const text = await ask(
      t,
      lines.map((line) => request(line)).join('') + last('HEAD /last HTTP/1.1'),
      ({ url }, response) => {
        const status = Number(url?.slice(1)) || 200;
        response.writeHead(status, ['transfer-encoding', 'chunked']).end();
      },
    );
    assert.match(text, /^(?:HTTP\/1\.1 \d{3} [^\r]*\r\n(?:[a-z-]+: [^\r]*\r\n)+\r\n){4}$/);
  });

  it('goes out in the order of the requests, however long the first one takes', async (t) => {
    let answerFirst = (): void => {};
    const text = await ask(
      t,
      request('GET /1 HTTP/1.1') + request('GET /2 HTTP/1.1') + last('GET /3 HTTP/1.1'),
      ({ url }, response) => {
        if (url !== '/1') return void response.end(`answer ${url}`);
        answerFirst = () => response.end('answer /1');
        setImmediate(() => answerFirst());
      },
    );
    assert.deepEqual(text.match(/answer \/\d/g), ['answer /1', 'answer /2', 'answer /3']);
  });

  it('that is longer or shorter than its length ends the connection, and nothing follows', async (t) => {
    for (const body of ['too long', 'x']) {
      const text = await ask(t, request() + request('GET /hidden HTTP/1.1'), (_, response) => {
        response.writeHead(200, { 'content-length': 3 });
        response.end(body);
      });
      assert.equal(text.match(/HTTP\/1\.1/g)?.length ?? 0, 0, text);
    }
  });

  it('takes no field that would end its line', async (t) => {
    const faults: unknown[] = [];
    const text = await ask(t, last(), (_, response) => {
      for (const [name, value] of [
        ['x', 'a\r\ny: b'],
        ['x\r\ny', 'b'],
        ['x', 'a\0'],
        ['x y', 'b'],
        ['x', 'a\u2028b'],
      ] as const) {
        assert.throws(() => response.writeHead(200, [name, value]), TypeError);
        assert.throws(() => response.writeHead(200, { [name]: value }), TypeError);
      }
      assert.throws(() => response.writeHead(200, 'a\r\nb'), TypeError);
      faults.push(response.headersSent);
      response.end('safe');
    });
    assert.deepEqual(faults, [false]);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nsafe$/);
  });

  it('has the fields that were set and those of its head, a line for each value', async (t) => {
    const text = await ask(t, last(), (_, response) => {
      response.setHeader('X-Kept', 'a').setHeader('x-other', 1);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.appendHeader('set-cookie', 'c=3');
      response.removeHeader('x-none');
      assert.equal(response.getHeader('x-kept'), 'a');
      response.writeHead(201, 'Made', { 'X-Other': 'b' });
      assert.throws(() => response.setHeader('late', 'x'));
      response.end();
    });
    const lines = text.split('\r\n');
    assert.equal(lines[0], 'HTTP/1.1 201 Made');
    for (const line of [
      'X-Kept: a',
      'X-Other: b',
      'set-cookie: a=1',
      'set-cookie: b=2',
      'set-cookie: c=3',
      'content-length: 0',
    ]) {
      assert.ok(lines.includes(line), line);
    }
    assert.equal(lines.filter((line) => /^x-other/i.test(line)).length, 1);
  });

  it('tells when it is out, and when its client has gone before', async (t) => {
    const told: string[] = [];
    const gone = Promise.withResolvers<void>();
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request({ url }, response) {
          response.on('finish', () => told.push(`finish ${url}`));
          response.on('close', () => {
            told.push(`close ${url} ${response.writableFinished}`);
            if (url === '/gone') gone.resolve();
          });
          if (url === '/') response.end('ok');
          else response.write('begun');
        },
      },
    );
    const socket = dial(t, port());
    socket.write(request());
    await readText(socket, /ok$/);
    socket.write(request('GET /gone HTTP/1.1'));
    await readText(socket, /begun/);
    socket.destroy();
    await gone.promise;
    assert.deepEqual(told, ['finish /', 'close / true', 'close /gone false']);
  });
});

describe('an answer that its client reads slowly', () => {
  const large = Buffer.alloc(24 * 1024 * 1024, 'x');
  /** Less than the time that an idle, or an ended, connection has. */
  const settings = { port: 0, keep_alive_timeout: '600ms', headers_timeout: '600ms' };

  for (const [name, fields] of [
    ['', ''],
    [' on a connection that ends with it', 'Connection: close\r\n'],
  ] as const) {
    it(`is not cut${name}`, async (t) => {
      const { port } = await serve(t, settings, { request: (_, response) => response.end(large) });
      const socket = dial(t, port());
      socket.write(request('GET / HTTP/1.1', fields));
      let received = 0;
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
      await new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
      assert.ok(received > large.length, String(received));
    });
  }

  it('is not cut while the gateway stops', async (t) => {
    const { listeners, port } = await serve(
      t,
      { port: 0, shutdown_grace: '10s' },
      { request: (_, response) => response.end(large) },
    );
    const socket = dial(t, port());
    socket.write(request());
    await new Promise((resolve) => socket.once('readable', resolve));
    const closed = listeners.close();
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    const ended = new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
    assert.equal(await closed, true);
    await ended;
    assert.ok(received > large.length, String(received));
  });

  it('ends with its connection where the client reads nothing of it', async (t) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { port } = await serve(t, settings, {
      request(_, response) {
        response.on('close', () => resolve(response.writableFinished));
        response.end(large);
      },
    });
    const socket = dial(t, port());
    socket.pause();
    socket.write(request());
    assert.equal(await promise, false);
  });
});
