import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect, createServer, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { DirectSocket, readDirectly } from '../../../src/server/listeners/direct-socket.ts';
import { dial, readText, serve } from './serve.ts';

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

describe('connections that are read into the same memory', () => {
  it('never see the bytes of each other, whoever waits for whom', async (t) => {
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request(request, response) {
          const hash = createHash('sha256');
          const kept: Buffer[] = [];
          // What is kept is hashed only when all others have sent theirs as well.
          request.on('data', (chunk: Buffer) => kept.push(chunk));
          request.on('end', () =>
            setImmediate(() => response.end(kept.reduce((sum, each) => sum.update(each), hash).digest('hex'))),
          );
        },
      },
    );
    const bodies = Array.from({ length: 20 }, (_, at) => String.fromCharCode(97 + at).repeat(70_000 + at * 1_000));
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const socket = dial(t, port());
        const answer = readText(socket);
        socket.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
        for (let at = 0; at < body.length; at += 7_001) {
          socket.write(body.slice(at, at + 7_001));
          await new Promise((resolve) => setImmediate(resolve));
        }
        return (await answer).split('\r\n\r\n')[1];
      }),
    );
    assert.deepEqual(answers, bodies.map(sha256));
  });

  it('keep what is sent ahead', async (t) => {
    const { port } = await serve(
      t,
      { port: 0 },
      {
        request: ({ url }, response) => void setImmediate(() => response.end(url)),
      },
    );
    const sockets = Array.from({ length: 10 }, () => dial(t, port()));
    const texts = sockets.map((socket) => readText(socket));
    for (const [at, socket] of sockets.entries()) {
      socket.write(
        `GET /${at}/a HTTP/1.1\r\nHost: a\r\n\r\nGET /${at}/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
    }
    for (const [at, text] of (await Promise.all(texts)).entries()) {
      assert.deepEqual(text.match(/\/\d\/[ab]/g), [`/${at}/a`, `/${at}/b`]);
    }
  });

  it('are streams once nobody takes their bytes directly', async (t) => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (accepted) => {
      const socket = readDirectly(accepted);
      assert.ok(socket instanceof DirectSocket);
      socket.onBytes = (bytes) => {
        socket.onBytes = undefined;
        socket.write(`${bytes.toString()}-`);
        socket.pipe(socket);
      };
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    const text = readText(socket);
    socket.write('first');
    await new Promise((resolve) => socket.once('data', resolve));
    const rest = 'x'.repeat(1_000_000);
    socket.end(rest);
    assert.equal(await text, `first-${rest}`);
  });

  it('stay as they are where they have no such handle', () => {
    const socket = new Socket();
    assert.equal(readDirectly(socket), socket);
  });
});
