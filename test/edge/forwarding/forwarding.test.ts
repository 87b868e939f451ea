import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { auth, upstreamAuth } from '../../../src/config/schema/identity.ts';
import { ClientCredentials } from '../../../src/edge/forwarding/client-credentials.ts';
import { compileForwarding } from '../../../src/edge/forwarding/compile-forwarding.ts';
import { TokenEndpoint } from '../../../src/edge/forwarding/token-endpoint.ts';
import type { UpstreamCredentials } from '../../../src/edge/forwarding/upstream-credentials.ts';
import type { Identity, RequestContext } from '../../../src/edge/request-context.ts';
import { WeirError } from '../../../src/errors.ts';
import { CLIENT, createPrivateJwk, Issuer } from '../identity/issuer.ts';
import { JsonServer } from '../json-server.ts';

const ada: Identity = {
  subject: 'ada',
  kind: 'jwt',
  scopes: ['read', 'write'],
  roles: ['clerk', 'boss'],
  claims: { tenant: 'shop', evil: 'a\r\nx-admin: 1', name: 'Łukasz', deep: { list: ['a', 'b'] } },
  tier: 'gold',
  credentialId: 'jti-1',
};

function contextOf(identity: Identity | null, headers: Record<string, string> = {}): RequestContext {
  return {
    requestId: 'request-0001',
    headers,
    clientAddress: '198.51.100.7',
    identity,
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
}

const forwarding = (forward: Record<string, unknown>) => compileForwarding(auth.parse({ forward }));
const plain = upstreamAuth.parse({});

/** Asks what an upstream is told. */
function headersOf(credentials: UpstreamCredentials | undefined, context: RequestContext) {
  return credentials === undefined ? {} : credentials.headersFor(context);
}

describe('what upstreams are told', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-forward-'));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('are the headers of the config, with no way to end one and begin another', () => {
    const { credentialsOf } = forwarding({
      headers: {
        'X-User': 'subject',
        'X-Scopes': 'scopes',
        'X-Roles': 'roles',
        'X-Tenant': 'claim:tenant',
        'X-Evil': 'claim:evil',
        'X-Name': 'claim:name',
        'X-Deep': 'claim:deep.list',
        'X-None': 'claim:constructor',
        'X-Address': 'client_address',
        'X-Request': 'request_id',
      },
    });
    assert.deepEqual(headersOf(credentialsOf('orders', plain), contextOf(ada)), {
      'x-user': 'ada',
      'x-scopes': 'read write',
      'x-roles': 'clerk,boss',
      'x-tenant': 'shop',
      'x-evil': 'a%0D%0Ax-admin: 1',
      'x-name': '%C5%81ukasz',
      'x-deep': 'a,b',
      'x-address': '198.51.100.7',
      'x-request': 'request-0001',
    });
  });

  it('leave out what an anonymous client has not, and everything where the upstream is not to know', () => {
    const { credentialsOf } = forwarding({ headers: { 'X-User': 'subject', 'X-Request': 'request_id' } });
    assert.deepEqual(headersOf(credentialsOf('orders', plain), contextOf(null)), { 'x-request': 'request-0001' });
    assert.deepEqual(headersOf(credentialsOf('orders', upstreamAuth.parse({ identity: false })), contextOf(ada)), {});
  });

  it('pass the original token only where told', () => {
    const { credentialsOf } = forwarding({});
    const context = contextOf(ada, { authorization: 'Bearer original' });
    assert.deepEqual(headersOf(credentialsOf('orders', plain), context), {});
    assert.deepEqual(headersOf(credentialsOf('orders', upstreamAuth.parse({ pass_token: true })), context), {
      authorization: 'Bearer original',
    });
  });

  it('are signed for one upstream and one request, and verify by the published key', async () => {
    const file = join(directory, 'key.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { credentialsOf, keySet, managed } = forwarding({
      signed: { private_key: file, key_id: 'gw', ttl: '30s' },
    });
    assert.ok(managed.has('x_weir-identity'));
    assert.equal(keySet?.path, '/.well-known/weir/jwks.json');
    assert.ok(!JSON.stringify(keySet).includes('"d"'), 'the private part stays here');
    const context = contextOf(ada);
    const headers = await headersOf(credentialsOf('orders', plain), context);
    const token = headers['x-weir-identity'] as string;
    const keys = createLocalJWKSet(keySet.keys as JSONWebKeySet);
    const { payload } = await jwtVerify(token, keys, { audience: 'orders', issuer: 'weir', algorithms: ['ES256'] });
    assert.equal(payload.sub, 'ada');
    assert.equal(payload.request_id, 'request-0001');
    assert.equal(payload.jti, 'request-0001.orders');
    assert.equal(payload.scope, 'read write');
    assert.equal((payload.exp as number) - (payload.iat as number), 30);
    assert.equal(
      (await headersOf(credentialsOf('orders', plain), context))['x-weir-identity'],
      token,
      'one for all calls of the request',
    );
    await assert.rejects(jwtVerify(token, keys, { audience: 'payments' }));
    const anonymous = await headersOf(credentialsOf('orders', plain), contextOf(null));
    assert.equal((await jwtVerify(anonymous['x-weir-identity'] as string, keys)).payload.sub, undefined);
  });

  it('are a token that a real issuer gives the gateway for itself', async (t) => {
    const issuer = await Issuer.start([await createPrivateJwk('one')]);
    t.after(() => issuer.close());
    const definition = upstreamAuth.parse({
      client_credentials: {
        token_endpoint: `${issuer.url}/token`,
        client: { id: CLIENT.client_id, secret: CLIENT.client_secret },
        scopes: ['read'],
      },
      headers: { 'X-Key': 'fixed' },
    });
    const credentials = forwarding({}).credentialsOf('orders', definition);
    const headers = await headersOf(credentials, contextOf(null, { authorization: 'Bearer of the client' }));
    assert.match(headers.authorization as string, /^Bearer [\w-]{20,}$/);
    assert.deepEqual(
      headersOf(credentials, contextOf(ada)),
      { 'x-key': 'fixed', authorization: headers.authorization },
      'at once now',
    );
  });

  it('are a token exchanged for that of the client, once for each', async (t) => {
    let issued = 0;
    const server = await JsonServer.start(() => {
      issued += 1;
      return {
        body: {
          access_token: `exchanged-${issued}`,
          token_type: 'Bearer',
          expires_in: 300,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        },
      };
    });
    t.after(() => server.close());
    const definition = upstreamAuth.parse({
      token_exchange: {
        token_endpoint: server.url,
        client: { id: 'gw', secret: 's', method: 'client_secret_post' },
        audience: 'orders',
      },
    });
    const credentials = forwarding({}).credentialsOf('orders', definition);
    const ask = (token: string) => headersOf(credentials, contextOf(ada, { authorization: `Bearer ${token}` }));
    const first = await Promise.all([ask('one'), ask('one')]);
    assert.deepEqual(first, [{ authorization: 'Bearer exchanged-1' }, { authorization: 'Bearer exchanged-1' }]);
    assert.deepEqual(await ask('two'), { authorization: 'Bearer exchanged-2' });
    assert.deepEqual(ask('one'), { authorization: 'Bearer exchanged-1' });
    const form = new URLSearchParams(server.received[0]?.body);
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:token-exchange');
    assert.equal(form.get('subject_token'), 'one');
    assert.equal(form.get('audience'), 'orders');
    assert.equal(form.get('client_secret'), 's');
    assert.deepEqual(headersOf(credentials, contextOf(null)), {}, 'there is nothing to exchange');
  });

  it('never go without the token that cannot be had', async (t) => {
    const server = await JsonServer.start(() => ({ status: 400, body: { error: 'invalid_client' } }));
    t.after(() => server.close());
    const definition = upstreamAuth.parse({
      client_credentials: { token_endpoint: server.url, client: { id: 'gw', secret: 's' } },
    });
    const credentials = forwarding({}).credentialsOf('orders', definition);
    await assert.rejects(
      async () => headersOf(credentials, contextOf(ada)),
      (error: WeirError) => {
        assert.equal(error.code, 'UPSTREAM_UNAVAILABLE');
        assert.ok(!error.clientMessage.includes(server.url));
        return true;
      },
    );
    for (const body of [
      {},
      { access_token: 'a b', token_type: 'Bearer' },
      { access_token: 'x', token_type: 'N_A' },
      { access_token: 'x\r\ny', token_type: 'bearer' },
    ]) {
      server.answer = () => ({ body });
      await assert.rejects(async () => headersOf(credentials, contextOf(ada)), WeirError);
    }
  });

  it('prove the gateway by a signed assertion', async (t) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = join(directory, 'client.jwk');
    writeFileSync(file, JSON.stringify(privateKey.export({ format: 'jwk' })));
    const server = await JsonServer.start(() => ({ body: { access_token: 't', token_type: 'Bearer' } }));
    t.after(() => server.close());
    const client = { id: 'gw', method: 'private_key_jwt', private_key: file, key_id: 'k1' };
    const definition = upstreamAuth.parse({ client_credentials: { token_endpoint: server.url, client } });
    await headersOf(forwarding({}).credentialsOf('orders', definition), contextOf(null));
    const form = new URLSearchParams(server.received[0]?.body);
    assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') as string, publicKey, {
      audience: server.url,
    });
    assert.deepEqual([payload.iss, payload.sub, protectedHeader.kid], ['gw', 'gw', 'k1']);
  });
});

describe("the gateway's own token", () => {
  it('is renewed beside the requests, kept to its end where the server is away, and asked for anew when refused', async (t) => {
    let issued = 0;
    const server = await JsonServer.start(() => ({
      body: { access_token: `t${++issued}`, token_type: 'bearer', expires_in: 100 },
    }));
    t.after(() => server.close());
    const clock = { ms: 0 };
    const client = { method: 'client_secret_basic', clientId: 'gw', clientSecret: 's' } as const;
    const tokens = new ClientCredentials(new TokenEndpoint({ url: server.url, client, now: () => clock.ms }));
    assert.deepEqual(await Promise.all([tokens.token(), tokens.token()]), ['t1', 't1']);
    clock.ms = 79_999;
    assert.equal(tokens.token(), 't1');
    assert.equal(issued, 1);
    clock.ms = 80_000;
    assert.equal(tokens.token(), 't1', 'nobody waits for the renewal');
    while (tokens.token() !== 't2') await new Promise((resolve) => setImmediate(resolve));
    server.answer = () => ({ status: 503, body: {} });
    clock.ms = 179_999;
    assert.equal(tokens.token(), 't2');
    clock.ms = 180_000;
    await assert.rejects(async () => tokens.token());
    server.answer = () => ({ body: { access_token: 't3', token_type: 'Bearer', expires_in: 100 } });
    assert.equal(await tokens.token(), 't3');
    tokens.forget('another');
    assert.equal(tokens.token(), 't3');
    tokens.forget('t3');
    const asked = server.received.length;
    assert.equal(await tokens.token(), 't3');
    assert.equal(server.received.length, asked + 1);
  });
});
