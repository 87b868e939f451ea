import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { startRouteGateway } from '../proxy/route-gateway.ts';
import { CORPUS, LOOKALIKES, type RawRequest } from '../server/listeners/corpus.ts';
import { dial, readText } from '../server/listeners/serve.ts';
import { nginxIsMissing, startNginx } from './nginx.ts';

describe('requests that servers read in unlike ways, through the gateway', { timeout: 120_000 }, () => {
  test('reach a service of Node whole and as they are meant, or not at all', async (t) => {
    const origin = await serveOrigin(t);
    await sendCorpus(t, `http://127.0.0.1:${origin.port}`, origin.seen);
  });

  test('reach NGINX as the same requests', { skip: nginxIsMissing }, async (t) => {
    const origin = await serveOrigin(t);
    await sendCorpus(t, await startNginx(t, origin.port), origin.seen);
  });
});

async function sendCorpus(t: TestContext, url: string, seen: string[]): Promise<void> {
  const upstreams = { orders: { url, breaker: false, retry: { attempts: 1 } } };
  const { port } = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'orders' }],
    upstreams,
  });
  const wrong: string[] = [];
  for (const each of [...CORPUS, ...LOOKALIKES]) {
    seen.length = 0;
    const status = await send(t, port, each);
    // What is left over on a connection to the service would come before this one, or spoil it.
    const marker = await fetch(`http://127.0.0.1:${port}/marker`);
    const expected = [...each.seen, 'GET /marker '];
    const isRight = status === each.status && marker.status === 200 && seen.join('\n') === expected.join('\n');
    if (!isRight) wrong.push(`${each.name}: ${status}, then ${marker.status}, seen ${JSON.stringify(seen)}`);
  }
  assert.deepEqual(wrong, []);
}

/** @returns the status of the first answer. */
async function send(t: TestContext, port: number, { bytes, status, seen }: RawRequest): Promise<number> {
  const socket = dial(t, port);
  // What should have ended the connection and has not.
  socket.setTimeout(2_000, () => socket.destroy());
  socket.write(Buffer.from(bytes, 'latin1'));
  const answers = new RegExp(`(?:HTTP/1\\.1 [\\s\\S]*?\\r\\n\\r\\n[\\s\\S]*?whole[\\s\\S]*?){${seen.length}}$`);
  const text = await readText(socket, status === 200 ? answers : undefined);
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
}

/** Records whole requests: `METHOD /path body`. */
async function serveOrigin(t: TestContext): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end('whole');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}
