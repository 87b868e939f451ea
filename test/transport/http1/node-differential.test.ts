import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AnswerOnWire, arbitraryAnswer } from './arbitrary-answer.ts';
import { readText } from './read-answers.ts';

/** Asks with Node's own client. */
async function askNode(port: number): Promise<Partial<AnswerOnWire>> {
  const request = http.request({ port, host: '127.0.0.1', agent: false, maxHeaderSize: 64 * 1024 });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode as number,
    reason: response.statusMessage as string,
    fields: response.rawHeaders,
    body: Buffer.concat(chunks).toString('latin1'),
    trailers: response.rawTrailers,
  };
}

test("every well-formed answer means the same here and to Node's parser", async (t) => {
  let bytes = '';
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes, 'latin1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await fc.assert(
    fc.asyncProperty(arbitraryAnswer, async (sent) => {
      bytes = sent.bytes;
      const read = readText(sent.bytes, { closes: sent.closes });
      const { status, reason, fields, body, trailers } = read ?? {};
      assert.deepEqual({ status, reason, fields, body, trailers }, await askNode(port));
    }),
    { numRuns: 300 },
  );
});
