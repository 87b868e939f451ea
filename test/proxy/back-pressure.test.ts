import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { poll } from '../e2e/poll.ts';
import { connectRaw } from './raw-connection.ts';
import { startRouteGateway } from './route-gateway.ts';

const TOTAL = 64 * 2 ** 20;
/** What the buffers of four sockets and two processes' worth of streams hold at most. */
const BUFFERS = 24 * 2 ** 20;

async function start(t: TestContext, listener: http.RequestListener): Promise<number> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service', max_body: '1GiB' }],
    upstreams: { service: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  return gateway.port;
}

/** Writes all of it, and tells how much has left the process so far. */
function writeAll(stream: Writable): () => number {
  const piece = Buffer.alloc(2 ** 16);
  let gone = 0;
  const write = (left: number): void => {
    if (left === 0) return;
    stream.write(piece, () => {
      gone += piece.length;
      write(left - piece.length);
    });
  };
  write(TOTAL);
  return () => gone;
}

/** The value that no longer grows. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  await poll(
    async () => {
      const now = read();
      const isSame = now === last && now > 0;
      last = now;
      return isSame;
    },
    (isSame) => isSame,
  );
  return last;
}

describe('a body whose reader stops', { timeout: 60_000 }, () => {
  it('is not read from the client meanwhile, and arrives whole', async (t) => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<http.IncomingMessage>();
    const port = await start(t, (request, response) => {
      arrive(request);
      let bytes = 0;
      request.on('end', () => response.end(String(bytes)));
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.pause();
    });
    const client = await connectRaw(t, port);
    client.socket.write(`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${TOTAL}\r\n\r\n`);
    const gone = writeAll(client.socket);
    const request = await arrived;
    const taken = await settled(gone);
    assert.ok(taken < BUFFERS, `${taken} bytes were read`);
    request.resume();
    await client.until(new RegExp(`\r\n\r\n${TOTAL}`));
  });

  it('is not read from the upstream meanwhile, and arrives whole', async (t) => {
    let gone = () => 0;
    const port = await start(t, (_, response) => {
      response.writeHead(200, { 'content-length': TOTAL });
      gone = writeAll(response);
    });
    const request = http.get({ port, path: '/a', agent: false });
    const response = await new Promise<http.IncomingMessage>((resolve) => request.once('response', resolve));
    const taken = await settled(() => gone());
    assert.ok(taken < BUFFERS, `${taken} bytes were read`);
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    assert.equal(bytes, TOTAL);
  });
});
