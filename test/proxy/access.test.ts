import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startServer } from '../transport/recording-server.ts';
import { connectRaw } from './raw-connection.ts';
import { startRouteGateway } from './route-gateway.ts';

const SECRET = 'a secret of the gateway';
const KEY = 'key-of-ann';

async function start(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'weir-keys-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys.yaml');
  const hash = createHmac('sha256', SECRET).update(KEY).digest('hex');
  await writeFile(file, `- { id: ann, subject: ann, scopes: [read], roles: [], keys: [{ hash: "${hash}" }] }\n`);
  const service = await startServer(t, (_, response) => response.end('ok'));
  const gateway = await startRouteGateway(t, {
    routes: [
      { name: 'open', match: { path: '/open' }, upstream: 'service' },
      {
        name: 'closed',
        match: { path: '/closed' },
        upstream: 'service',
        auth: { mechanisms: ['api_keys'], optional: false },
        websocket: {},
      },
      { name: 'guarded', match: { path: '/guarded' }, upstream: 'service' },
    ],
    upstreams: { service: service.url },
    sections: {
      auth: {
        api_keys: { secret: SECRET, file },
        forward: { headers: { 'x-user': 'subject' } },
        policies: {
          rules: [{ id: 'writers', effect: 'allow', match: { routes: ['guarded'] }, when: { scopes_any: ['write'] } }],
        },
      },
      rate_limit: { limits: [{ name: 'few', max: 2, window: '1h', match: { routes: ['open'] } }] },
      browsers: { rules: [{ path: '/open', cors: { origins: ['https://app.example'], methods: ['GET', 'PUT'] } }] },
    },
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { headers, method });
  return { service, gateway, ask };
}

describe('who may use a route', { timeout: 30_000 }, () => {
  it('is who proves what the route asks; the upstream learns who that is', async (t) => {
    const { service, ask } = await start(t);
    const refused = await ask('/closed');
    assert.equal(refused.status, 401);
    assert.equal(((await refused.json()) as { code: string }).code, 'UNAUTHENTICATED');
    assert.equal((await ask('/closed', { 'x-api-key': 'wrong' })).status, 401);
    assert.equal(service.requests.length, 0);
    assert.equal((await ask('/closed', { 'x-api-key': KEY, 'x-user': 'root' })).status, 200);
    assert.equal(service.requests[0]?.headers['x-user'], 'ann');
  });

  it('is who a policy for the route lets in', async (t) => {
    const { service, ask } = await start(t);
    assert.equal((await ask('/guarded')).status, 401);
    assert.equal((await ask('/guarded', { 'x-api-key': KEY })).status, 403);
    assert.equal(service.requests.length, 0);
  });

  it('is who has not used up a limit of the route', async (t) => {
    const { ask } = await start(t);
    const first = await ask('/open');
    assert.equal(first.headers.get('x-ratelimit-remaining'), '1');
    await ask('/open');
    const third = await ask('/open');
    assert.equal(third.status, 429);
    assert.ok(Number(third.headers.get('retry-after')) > 0);
  });

  it('is asked before a WebSocket opens', async (t) => {
    const { gateway, service } = await start(t);
    const connection = await connectRaw(t, gateway.port);
    connection.socket.write(
      'GET /closed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 401 /);
    assert.equal(service.requests.length, 0);
  });

  it('is refused with another spelling of a header that the gateway sets', async (t) => {
    const { ask, service } = await start(t);
    const refused = await ask('/closed', { 'x-api-key': KEY, X_User: 'root' });
    assert.equal(refused.status, 400);
    assert.equal(((await refused.json()) as { code: string }).code, 'AMBIGUOUS_HEADER');
    assert.equal(service.requests.length, 0);
  });

  it('is what browsers are told of, also where no route is for OPTIONS, and whatever the upstream says', async (t) => {
    const { ask } = await start(t);
    const preflight = await ask(
      '/open',
      { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
      'OPTIONS',
    );
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, PUT');
    const answer = await ask('/open', { origin: 'https://app.example' });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(answer.headers.get('vary'), 'Origin');
  });
});
