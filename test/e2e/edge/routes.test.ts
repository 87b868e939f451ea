import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { createPrivateJwk, Issuer } from '../../edge/identity/issuer.ts';
import { FROM_STRANGERS, IDENTITY_COPIES } from '../../edge/spoofing-corpus.ts';
import { startRouteGateway } from '../../proxy/route-gateway.ts';
import { type RecordingServer, startServer } from '../../transport/recording-server.ts';

const HEADERS = {
  'X-User-ID': 'subject',
  'X-Scopes': 'scopes',
  'X-Roles': 'roles',
  'X-Tenant': 'claim:tenant',
  'X-Weir-Identity': 'kind',
};

describe('the same rules for routes', { timeout: 60_000 }, () => {
  async function start(
    t: TestContext,
    sections: Readonly<Record<string, unknown>>,
    route: object = {},
    upstream: object = {},
  ) {
    const orders: RecordingServer = await startServer(t, (_, response) => response.end('{}'));
    const issuer = await Issuer.start([await createPrivateJwk('one')]);
    t.after(() => issuer.close());
    const jwt = { issuer: issuer.url, audience: 'urn:shop', algorithms: ['ES256'] };
    const { auth, ...others } = sections;
    const { url, port } = await startRouteGateway(t, {
      routes: [
        { name: 'open', match: { path: '/open/**' }, upstream: 'orders' },
        { name: 'orders', match: { path: '/orders/**' }, upstream: 'orders', ...route },
      ],
      upstreams: { orders: { url: orders.url, ...upstream } },
      sections: { ...others, auth: { jwt, forward: { headers: HEADERS }, ...(auth as object) } },
    });
    const token = await issuer.token();
    return { orders, url, port, signedIn: { authorization: `Bearer ${token}` }, token };
  }

  it('a route asks for what it needs, and the upstream learns who asked', async (t) => {
    const requirement = { auth: { mechanisms: ['jwt'], optional: false } };
    const { orders, url, signedIn } = await start(t, {}, requirement);
    const missing = await fetch(`${url}/orders/7`);
    assert.deepEqual([missing.status, missing.headers.get('www-authenticate')], [401, 'Bearer realm="weir"']);
    assert.equal((await fetch(`${url}/orders/7`, { headers: { authorization: 'Bearer x' } })).status, 401);
    assert.equal(orders.requests.length, 0);
    assert.equal((await fetch(`${url}/open/7`)).status, 200);
    assert.equal((await fetch(`${url}/orders/7`, { headers: signedIn })).status, 200);
    const [anonymous, known] = orders.requests;
    assert.equal(anonymous?.headers['x-weir-identity'], undefined);
    assert.equal(known?.headers['x-weir-identity'], 'jwt');
    assert.equal(known?.headers['x-scopes'], 'read');
  });

  it("the client's credential ends at the gateway, wherever it came, unless told otherwise", async (t) => {
    const sources = {
      tokens_from: [{ header: 'authorization', scheme: 'Bearer' }, { cookie: 'session' }, { query: 'token' }],
    };
    const { orders, url, signedIn, token } = await start(t, { auth: sources });
    await fetch(`${url}/orders/1?a=1&token=${token}&b=2`);
    await fetch(`${url}/orders/2`, { headers: signedIn });
    await fetch(`${url}/orders/3`, { headers: { cookie: `a=1; session=${token}; b=2` } });
    await fetch(`${url}/orders/4`, { headers: { authorization: 'Basic YTpi', cookie: 'a=1' } });
    assert.deepEqual(
      orders.requests.map(({ url: target, headers }) => [target, headers.authorization, headers.cookie]),
      [
        ['/orders/1?a=1&b=2', undefined, undefined],
        ['/orders/2', undefined, undefined],
        ['/orders/3', undefined, 'a=1; b=2'],
        ['/orders/4', 'Basic YTpi', 'a=1'],
      ],
    );
    const passing = await start(t, {}, {}, { auth: { pass_token: true } });
    await fetch(`${passing.url}/orders/1`, { headers: passing.signedIn });
    assert.equal(passing.orders.requests[0]?.headers.authorization, passing.signedIn.authorization);
  });

  it('policies and limits judge by the name of the route', async (t) => {
    const policies = {
      rules: [{ id: 'no-delete', effect: 'deny', match: { routes: ['orders'], methods: ['DELETE'] } }],
    };
    const limits = [{ name: 'orders', max: 2, window: '1h', match: { routes: ['orders'] } }];
    const { orders, url, signedIn } = await start(t, { auth: { policies }, rate_limit: { limits } });
    assert.equal((await fetch(`${url}/open/1`, { method: 'DELETE' })).status, 200);
    const denied = await fetch(`${url}/orders/1`, { method: 'DELETE', headers: signedIn });
    assert.deepEqual([denied.status, ((await denied.json()) as { code: string }).code], [403, 'FORBIDDEN']);
    const answers = [];
    for (let i = 0; i < 2; i += 1) answers.push(await fetch(`${url}/orders/1`));
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get('x-ratelimit-remaining')]),
      [
        [200, '0'],
        [429, '0'],
      ],
      'the refused request counted in the limit of its client',
    );
    assert.equal((await fetch(`${url}/open/1`)).headers.get('x-ratelimit-limit'), null);
    assert.equal(orders.requests.length, 3);
  });

  it('nothing that a client says of itself reaches the upstream', async (t) => {
    const { orders, port, signedIn } = await start(t, {});
    const told = [...Object.keys(HEADERS), 'client-cert', 'x-forwarded-client-cert'].map((name) => name.toLowerCase());
    const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '-');
    const attempts = [...FROM_STRANGERS, ...IDENTITY_COPIES].filter((headers) =>
      Object.keys(headers).every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)),
    );
    for (const headers of attempts) {
      for (const credential of [{}, signedIn]) {
        const before = orders.requests.length;
        const status = await new Promise((resolve, reject) => {
          const options = { port, path: '/orders/1', agent: false, headers: { ...headers, ...credential } };
          request({ host: '127.0.0.1', ...options }, (answer) =>
            answer.resume().on('end', () => resolve(answer.statusCode)),
          )
            .on('error', reject)
            .end();
        });
        // Another spelling of what the gateway sets is refused, and reaches nobody.
        if (status === 400) {
          assert.equal(orders.requests.length, before);
          continue;
        }
        assert.equal(status, 200);
        const received = orders.requests.at(-1)?.headers ?? {};
        const said = Object.fromEntries(Object.entries(received).filter(([name]) => told.includes(fold(name))));
        const expected =
          credential === signedIn
            ? { 'x-user-id': 'clerk', 'x-scopes': 'read', 'x-roles': '', 'x-weir-identity': 'jwt' }
            : {};
        assert.deepEqual(said, expected, JSON.stringify(headers));
        assert.match(String(received['x-request-id']), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      }
    }
  });
});
