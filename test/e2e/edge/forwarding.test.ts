import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { AUDIENCE, ISSUER, type Issuer, startIssuer } from '../../../examples/services/issuer.ts';
import { JsonServer } from '../../edge/json-server.ts';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

describe('identity and credentials on the way to upstreams', { timeout: 60_000 }, () => {
  let services: RecordingServices;
  let issuer: Issuer;
  let folder = '';
  let keyFile = '';
  before(async () => {
    services = await startRecordingServices();
    issuer = await startIssuer();
    folder = await mkdtemp(join(tmpdir(), 'weir-forwarding-'));
    keyFile = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
  after(async () => {
    await services.close();
    await issuer.close(0);
    await rm(folder, { recursive: true });
  });

  const jwt = () => ({ issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] });
  const signedIn = async () => ({ authorization: `Bearer ${await issuer.issueToken({ subject: 'u1' })}` });
  async function serve(
    auth: Readonly<Record<string, unknown>>,
    upstream: Readonly<Record<string, unknown>>,
    use: (gateway: EdgeGateway) => Promise<void>,
  ): Promise<void> {
    services.reset();
    services.restStatus = () => 200;
    const gateway = await startEdgeGateway(services, { main: { auth: { jwt: jwt(), ...auth } }, upstream });
    try {
      await use(gateway);
    } finally {
      await gateway.close();
    }
  }

  it('signs one token for each upstream of a request, which verifies by the key set that the gateway serves', () =>
    serve({ forward: { signed: { private_key: keyFile } } }, {}, async ({ ask, origin }) => {
      const answer = await ask('{ hello one: stock(id: "1") two: stock(id: "2") }', await signedIn());
      assert.deepEqual(await answer.json(), { data: { hello: 'world', one: 3, two: 3 } });
      const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/weir/jwks.json`));
      const tokens = services.received.map((headers) => headers['x-weir-identity'] as string);
      assert.equal(tokens.length, 3);
      assert.equal(new Set(tokens).size, 2, 'one for both calls to the same upstream');
      const audiences: unknown[] = [];
      for (const token of new Set(tokens)) {
        const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: 'weir', algorithms: ['ES256'] });
        assert.equal(payload.sub, 'u1');
        assert.equal(payload.request_id, answer.headers.get('x-request-id'));
        assert.match(protectedHeader.kid ?? '', /^[\w-]{43}$/);
        audiences.push(payload.aud);
      }
      assert.deepEqual(audiences.sort(), ['greeting', 'stock']);
      for (const { authorization } of services.received) assert.equal(authorization, undefined);
    }));

  it('keeps the identity from an upstream that is not to know it', () =>
    serve({ forward: { headers: { 'X-User': 'subject' } } }, { auth: { identity: false } }, async ({ ask }) => {
      await ask('{ hello stock(id: "1") }', { ...(await signedIn()), 'x-user': 'root' });
      assert.deepEqual(
        services.received.map((headers) => headers['x-user']),
        [undefined, undefined],
      );
    }));

  it("passes the client's token where told, and fixed headers in place of the client's", () =>
    serve(
      {},
      { auth: { pass_token: true, headers: { 'X-Key': 'of-the-gateway' } }, headers: { forward: ['x-key'] } },
      async ({ ask }) => {
        const credential = await signedIn();
        await ask('{ hello stock(id: "1") }', { ...credential, 'x-key': 'of-the-client' });
        for (const headers of services.received) {
          assert.equal(headers.authorization, credential.authorization);
          assert.equal(headers['x-key'], 'of-the-gateway');
        }
      },
    ));

  async function startTokenEndpoint(): Promise<JsonServer> {
    let issued = 0;
    return JsonServer.start(() => {
      issued += 1;
      return { body: { access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 3_600 } };
    });
  }
  const client = { id: 'weir', secret: 'a secret' };

  it('asks for another token of its own, once, where an upstream refuses the one that it has', async (t) => {
    const endpoint = await startTokenEndpoint();
    t.after(() => endpoint.close());
    const auth = { client_credentials: { token_endpoint: endpoint.url, client } };
    await serve({}, { auth }, async ({ ask }) => {
      // Each upstream has its own token; the REST service has revoked its first.
      await ask('{ stock(id: "1") }');
      const revoked = services.received[0]?.authorization;
      assert.match(revoked ?? '', /^Bearer token-\d$/);
      services.restStatus = ({ authorization }) => (authorization === revoked ? 401 : 200);
      services.reset();
      assert.deepEqual(await (await ask('{ stock(id: "1") }')).json(), { data: { stock: 3 } });
      assert.deepEqual(
        services.received.map(({ authorization }) => authorization === revoked),
        [true, false],
      );
      const asked = endpoint.received.length;
      services.restStatus = () => 401;
      services.reset();
      const answer = (await (await ask('{ stock(id: "1") }')).json()) as { errors: { extensions: { code: string } }[] };
      assert.equal(answer.errors[0]?.extensions.code, 'UPSTREAM_ERROR');
      assert.equal(services.received.length, 1, 'who refuses every token is not asked twice');
      assert.equal(endpoint.received.length, asked);
    });
  });

  it("exchanges the client's token, once for each client and upstream", async (t) => {
    const endpoint = await startTokenEndpoint();
    t.after(() => endpoint.close());
    const auth = { token_exchange: { token_endpoint: endpoint.url, client, audience: 'backend' } };
    await serve({}, { auth }, async ({ ask }) => {
      const credential = await signedIn();
      for (let i = 0; i < 3; i += 1) await ask('{ hello stock(id: "1") }', credential);
      assert.equal(services.received.length, 6);
      for (const { authorization } of services.received) assert.match(authorization ?? '', /^Bearer token-[12]$/);
      assert.equal(endpoint.received.length, 2);
      const form = new URLSearchParams(endpoint.received[0]?.body);
      assert.equal(`Bearer ${form.get('subject_token')}`, credential.authorization);
      assert.equal(form.get('audience'), 'backend');
      services.reset();
      await ask('{ hello }');
      assert.equal(services.received[0]?.authorization, undefined, 'there is nothing to exchange');
    });
  });

  it('leaves an upstream alone where its token cannot be had, and says so by code', async (t) => {
    const endpoint = await startTokenEndpoint();
    endpoint.answer = () => ({ status: 401, body: { error: 'invalid_client' } });
    t.after(() => endpoint.close());
    const auth = { client_credentials: { token_endpoint: endpoint.url, client } };
    await serve({}, { auth }, async ({ ask, log }) => {
      const text = await (await ask('{ hello stock(id: "1") }')).text();
      const { data, errors } = JSON.parse(text) as { data: unknown; errors: { extensions: { code: string } }[] };
      assert.deepEqual(data, { hello: null, stock: null });
      for (const { extensions } of errors) assert.equal(extensions.code, 'UPSTREAM_UNAVAILABLE');
      assert.ok(!text.includes(endpoint.url) && !text.includes('invalid_client'));
      assert.deepEqual(services.received, []);
      assert.ok(JSON.stringify(log).includes('Cannot get a credential for'), 'the log knows');
    });
  });
});
