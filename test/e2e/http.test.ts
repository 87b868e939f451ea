import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { buildExecutableSchema } from '../../examples/services/executable-schema.ts';
import { AUDIENCE, ISSUER, type Issuer, startIssuer } from '../../examples/services/issuer.ts';
import { listen, type Service } from '../../examples/services/listen.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { poll } from './poll.ts';

const SDL = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@authenticated", "@composeDirective"])
    @link(url: "https://specs.test.example/limits/v1.0", import: ["@rateLimit"])
    @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int, window: String) on FIELD_DEFINITION
  type Query {
    hello: String
    secret: String @authenticated
    rare: String @rateLimit(max: 1, window: "1m")
  }`;
const RESOLVERS = { Query: { hello: () => 'world', secret: () => 'swordfish', rare: () => 'once' } };
const INTERNALS = /127\.0\.0\.1|node_modules|stack|\.ts\b|ECONN/;

describe('the gateway over HTTP', { timeout: 60_000 }, () => {
  const received: IncomingHttpHeaders[] = [];
  const log: Record<string, unknown>[] = [];
  let issuer: Issuer;
  let service: Service;
  let folder = '';
  let gateway: Gateway;
  let origin = '';
  before(async () => {
    issuer = await startIssuer();
    const yoga = createYoga({ schema: buildExecutableSchema(parse(SDL), RESOLVERS), logging: false });
    service = await listen(
      (request, response) => {
        received.push(request.headers);
        void yoga(request, response);
      },
      { path: '/graphql' },
    );
    folder = await mkdtemp(join(tmpdir(), 'weir-http-'));
    await writeFile(join(folder, 'greeting.graphql'), SDL);
    const upstream = { kind: 'graphql', url: service.url, schema: 'greeting.graphql', federation: true };
    await writeFile(join(folder, 'greeting.json'), JSON.stringify(upstream));
    const main = {
      server: { port: 0, trusted_proxies: ['127.0.0.1'] },
      upstreams: ['greeting.json'],
      auth: { jwt: { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] } },
    };
    await writeFile(join(folder, 'gateway.json'), JSON.stringify(main));
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.json'), env: {} });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    gateway = await createGateway(config, { logDestination: { write: (line) => void log.push(JSON.parse(line)) } });
    origin = await gateway.listen();
  });
  after(async () => {
    await gateway?.close();
    await service?.close(0);
    await issuer?.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  const get = (path: string) => fetch(origin + path);
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const ask = (query: string, headers?: Record<string, string>) => post(JSON.stringify({ query }), headers);

  it('is alive and ready', async () => {
    const alive = await get('/livez');
    assert.deepEqual([alive.status, await alive.json()], [200, { status: 'alive' }]);
    const ready = await get('/readyz');
    assert.equal(ready.status, 200);
    assert.equal(((await ready.json()) as { status: string }).status, 'ready');
  });

  it("sends the request's id and trace on, and answers with the id", async () => {
    received.length = 0;
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await ask('{ hello }', {
      'x-request-id': 'request-0001',
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    });
    assert.deepEqual(await response.json(), { data: { hello: 'world' } });
    assert.equal(response.headers.get('x-request-id'), 'request-0001');
    assert.equal(received.length, 1);
    assert.equal(received[0]?.['x-request-id'], 'request-0001');
    assert.match(String(received[0]?.traceparent), new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-`));
  });

  it('logs one line for each request', async () => {
    await (await ask('query Greet { hello }', { 'x-request-id': 'request-0002' })).arrayBuffer();
    await (await ask('{ hello }', { 'x-request-id': 'request-0003' })).arrayBuffer();
    const lines = (id: string) => log.filter(({ msg, requestId }) => msg === 'request' && requestId === id);
    await poll(
      async () => ['request-0002', 'request-0003'].map((id) => lines(id).length),
      (counts) => counts.every((count) => count > 0),
    );
    const [line = {}, ...more] = lines('request-0002');
    assert.deepEqual([more.length, lines('request-0003').length], [0, 1]);
    const { method, path, route, status, operationName } = line;
    assert.deepEqual(
      { method, path, route, status, operationName },
      { method: 'POST', path: '/graphql', route: '/graphql', status: 200, operationName: 'Greet' },
    );
  });

  it('counts how long requests take', async () => {
    await (await ask('{ hello }')).arrayBuffer();
    const metrics = await poll(
      async () => (await get('/metrics')).text(),
      (text) => /^http_server_request_duration\w*_count\{.*http_route="\/graphql".*\} [1-9]/m.test(text),
    );
    assert.match(metrics, /^# TYPE http_server_request_duration\w* histogram$/m);
  });

  it('answers with a problem where it has no route', async () => {
    const response = await get('/nowhere');
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(problem, {
      type: 'urn:weir:error:NOT_FOUND',
      title: 'No route matches the request',
      status: 404,
      detail: 'No route matches GET /nowhere',
      code: 'NOT_FOUND',
      requestId: response.headers.get('x-request-id'),
    });
  });

  for (const [what, body, message] of [
    ['malformed JSON', '{"query":', /JSON/],
    ['a query that is none', '{"query":"{ hello"}', /Syntax Error/],
    ['a field that is none', '{"query":"{ goodbye }"}', /Cannot query field "goodbye"/],
  ] as const) {
    it(`answers ${what} with a GraphQL error that tells nothing of the inside`, async () => {
      const response = await post(body, { accept: 'application/graphql-response+json' });
      const text = await response.text();
      assert.equal(response.status, 400, text);
      const { data, errors } = JSON.parse(text) as { data?: unknown; errors: { message: string }[] };
      assert.equal(data, undefined);
      assert.match(errors[0]?.message ?? '', message);
      assert.doesNotMatch(text, INTERNALS);
    });
  }

  it('refuses tokens that do not hold', async () => {
    const expired = await issuer.issueToken({ subject: 'u1', expiresIn: '-1h' });
    for (const token of [expired, 'garbage', `${expired.slice(0, -8)}AAAAAAAA`]) {
      const response = await ask('{ hello }', { authorization: `Bearer ${token}` });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer realm="weir", error="invalid_token"/);
      const problem = (await response.json()) as { code: string; requestId: string };
      assert.equal(problem.code, 'UNAUTHENTICATED');
      assert.equal(problem.requestId, response.headers.get('x-request-id'));
    }
  });

  it('gives @authenticated fields to those who are, and nothing upstream is asked for others', async () => {
    const authorization = `Bearer ${await issuer.issueToken({ subject: 'u1' })}`;
    assert.deepEqual(await (await ask('{ secret }', { authorization })).json(), { data: { secret: 'swordfish' } });
    received.length = 0;
    const response = await ask('{ secret }');
    const text = await response.text();
    assert.match(text, /"code":"UNAUTHENTICATED"/);
    assert.doesNotMatch(text, /swordfish/);
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.equal(received.length, 0);
  });

  it('refuses what is beyond @rateLimit, and tells when to come again', async () => {
    const { data } = (await (await ask('{ rare }')).json()) as { data: unknown };
    assert.deepEqual(data, { rare: 'once' });
    received.length = 0;
    const response = await ask('{ rare }');
    const text = await response.text();
    assert.equal(response.status, 429, text);
    assert.match(text, /"code":"RATE_LIMITED"/);
    const seconds = Number(response.headers.get('retry-after'));
    assert.ok(Number.isInteger(seconds) && seconds > 0 && seconds <= 60, `retry-after: ${seconds}`);
    assert.equal(received.length, 0);
  });
});
