import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

describe('browsers at the gateway', { timeout: 60_000 }, () => {
  let services: RecordingServices;
  let gateway: EdgeGateway;
  before(async () => {
    services = await startRecordingServices();
    const rules = [
      {
        host: 'admin.shop.example',
        path: '/graphql',
        cors: { origins: ['https://admin.shop.example'], credentials: true },
      },
      { path: '/graphql', cors: { origins: ['https://*.shop.example'] } },
    ];
    gateway = await startEdgeGateway(services, {
      main: {
        server: { trusted_proxies: ['127.0.0.1'] },
        auth: { policies: { default: 'allow', rules: [] } },
        browsers: {
          rules,
          security_headers: { 'Strict-Transport-Security': 'max-age=31536000', 'Referrer-Policy': null },
        },
        rate_limit: { limits: [{ name: 'small', max: 1_000, window: '1m' }] },
      },
    });
  });
  after(async () => {
    await gateway?.close();
    await services.close();
  });

  interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }
  /** As a browser sends it: `fetch` of Node keeps some of these headers to itself. */
  function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
    const { hostname, port } = new URL(gateway.origin);
    return new Promise((resolve, reject) => {
      const message = request({ hostname, port, path, method, agent: false, headers }, (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      });
      message.on('error', reject).end(body);
    });
  }
  const QUERY = '{"query":"{ hello }"}';
  const preflight = (origin: string, host = 'api.shop.example') =>
    send('OPTIONS', '/graphql', {
      host,
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    });

  it('are answered a preflight, by the rule of the host and path, and no upstream is asked', async () => {
    const page = await preflight('https://www.shop.example');
    assert.equal(page.status, 204);
    assert.equal(page.headers['access-control-allow-origin'], 'https://www.shop.example');
    assert.equal(page.headers['access-control-allow-headers'], 'content-type');
    assert.equal(page.headers['access-control-allow-credentials'], undefined);
    assert.equal(page.headers['x-ratelimit-limit'], undefined, 'a preflight takes nothing');
    const admin = await preflight('https://admin.shop.example', 'admin.shop.example:8443');
    assert.equal(admin.headers['access-control-allow-credentials'], 'true');
    const other = await preflight('https://www.shop.example', 'admin.shop.example');
    assert.deepEqual([other.status, other.headers['access-control-allow-origin']], [204, undefined]);
    const evil = await preflight('https://evil-shop.example');
    assert.equal(evil.headers['access-control-allow-origin'], undefined);
    assert.deepEqual(services.received, []);
  });

  it('may read answers, also refusals and their limits, from the origins of the rule', async () => {
    const headers = {
      host: 'api.shop.example',
      origin: 'https://www.shop.example',
      'content-type': 'application/json',
    };
    const answer = await send('POST', '/graphql', headers, QUERY);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['access-control-allow-origin'], 'https://www.shop.example');
    assert.match(String(answer.headers.vary), /Origin/i);
    assert.match(String(answer.headers['access-control-expose-headers']), /RateLimit-Policy/);
    const refused = await send('POST', '/graphql', { ...headers, authorization: 'Bearer x' }, '{ bad');
    assert.equal(refused.headers['access-control-allow-origin'], 'https://www.shop.example');
  });

  it('are not let in with what a page of another site can send unasked', async () => {
    services.reset();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { host: 'api.shop.example', origin: 'https://evil.example', 'content-type': type };
      assert.equal((await send('POST', '/graphql', headers, QUERY)).status, 403);
    }
    assert.deepEqual(services.received, []);
    const own = { host: 'api.shop.example', 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' };
    assert.notEqual((await send('POST', '/graphql', own, QUERY)).status, 403);
  });

  it('get the security headers with every answer, and that of TLS where the client came by TLS', async () => {
    for (const path of ['/graphql?query={hello}', '/livez', '/nowhere', '/graphql?query={']) {
      const plain = await send('GET', path, {});
      assert.equal(plain.headers['x-content-type-options'], 'nosniff', path);
      assert.equal(plain.headers['referrer-policy'], undefined);
      assert.equal(plain.headers['strict-transport-security'], undefined);
      const tls = await send('GET', path, { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' });
      assert.equal(tls.headers['strict-transport-security'], 'max-age=31536000');
      const forwarded = await send('GET', path, { forwarded: 'for=6.6.6.6;proto=https, for=198.51.100.7;proto=http' });
      assert.equal(forwarded.headers['strict-transport-security'], undefined);
    }
  });
});
