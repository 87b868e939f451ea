import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { dial, readText, serve } from '../serve.ts';

const request = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const BIG = Buffer.alloc(12 * 1024 * 1024, 'x');

/** More than the system takes at once for a client that does not read. */
function dialUnread(t: TestContext, port: number): Socket {
  const socket = dial(t, port);
  socket.pause();
  return socket;
}

async function countBytes(socket: Socket): Promise<number> {
  let bytes = 0;
  socket
    .on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    })
    .resume();
  await once(socket, 'close');
  return bytes;
}

describe('a client that is slow', () => {
  it('asks for no more answers than it takes', async (t) => {
    let answered = 0;
    const first = Promise.withResolvers<ServerResponse>();
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request(_, response) {
          answered++;
          response.end(BIG);
          first.resolve(response);
        },
      },
    );
    const socket = dialUnread(t, port());
    socket.write(request('/').repeat(9) + request('/', 'Connection: close\r\n'));
    await first.promise;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.equal(answered, 1);
    const bytes = await countBytes(socket);
    assert.equal(answered, 10);
    assert.ok(bytes > 10 * BIG.length);
  });

  it('has its last answer whole, although it begins later to read than idle clients may linger', async (t) => {
    const ended = Promise.withResolvers<void>();
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request(_, response) {
          response.end(BIG);
          ended.resolve();
        },
      },
    );
    const socket = dialUnread(t, port());
    socket.write(request('/', 'Connection: close\r\n'));
    await ended.promise;
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    assert.ok((await countBytes(socket)) > BIG.length);
  });

  it('with its body does not hold the connection once it is answered', async (t) => {
    const { port } = await serve(
      t,
      { port: 0, keep_alive_timeout: '1s' },
      { request: (_, response) => void response.end('early') },
    );
    const socket = dial(t, port());
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
    assert.match(await readText(socket), /early$/);
  });

  it('whose body nobody reads is answered again behind it', async (t) => {
    const { port } = await serve(
      t,
      { port: 0 },
      { request: ({ url }, response) => void response.end(`answer ${url}`) },
    );
    const socket = dial(t, port());
    socket.write(`POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: ${BIG.length}\r\n\r\n`);
    socket.write(BIG);
    socket.write(request('/2', 'Connection: close\r\n'));
    assert.match(await readText(socket), /answer \/1[\s\S]*answer \/2$/);
  });

  it('has its answer before its body turned out to be malformed', async (t) => {
    const { port } = await serve(t, { port: 0 }, { request: (_, response) => void response.end('early') });
    const socket = dial(t, port());
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nbad\n');
    assert.match(await readText(socket), /early$/);
  });

  it('has its answer where the rest of its body is given up', async (t) => {
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request(incoming, response) {
          response.end('enough');
          incoming.destroy();
        },
      },
    );
    const socket = dial(t, port());
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab');
    assert.match(await readText(socket), /enough$/);
  });

  it('has its answer where the listener drains in that turn', async (t) => {
    const { port, listeners } = await serve(
      t,
      { port: 0, shutdown_grace: '5s' },
      {
        request(_, response) {
          response.end('last');
          void listeners.close();
        },
      },
    );
    const socket = dial(t, port());
    socket.write(request('/'));
    assert.match(await readText(socket), /last$/);
  });
});
