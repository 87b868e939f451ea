import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, type JWK, SignJWT } from 'jose';
import { createPrivateJwk, GATEWAY, Issuer } from '../../edge/identity/issuer.ts';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

/** How a request without an upstream's help must be answered. */
interface Expected {
  readonly status: 401 | 503;
  /** Of `WWW-Authenticate`; none with 503. */
  readonly challenge?: RegExp;
}

describe('tokens of a real issuer at the gateway', { timeout: 120_000 }, () => {
  let services: RecordingServices;
  let issuer: Issuer;
  let key: JWK;
  before(async () => {
    services = await startRecordingServices();
    key = await createPrivateJwk('one');
    issuer = await Issuer.start([key]);
  });
  after(async () => {
    await services.close();
    await issuer.close();
  });

  const jwt = (more: object = {}) => ({
    issuer: issuer.url,
    audience: 'urn:shop',
    algorithms: ['ES256'],
    clock_skew: '1s',
    ...more,
  });
  async function serve(auth: Readonly<Record<string, unknown>>, use: (gateway: EdgeGateway) => Promise<void>) {
    services.reset();
    const gateway = await startEdgeGateway(services, { main: { auth: { optional: false, ...auth } } });
    try {
      await use(gateway);
    } finally {
      await gateway.close();
    }
  }
  async function assertAccepted({ ask }: EdgeGateway, token: string): Promise<void> {
    const answer = await ask('{ hello }', { authorization: `Bearer ${token}` });
    assert.deepEqual([answer.status, await answer.json()], [200, { data: { hello: 'world' } }]);
  }
  async function assertRefused({ ask }: EdgeGateway, token: string | undefined, expected: Expected): Promise<void> {
    services.reset();
    const answer = await ask('{ hello }', token === undefined ? {} : { authorization: `Bearer ${token}` });
    const body = (await answer.json()) as { code: string };
    assert.equal(answer.status, expected.status, JSON.stringify(body));
    assert.equal(body.code, expected.status === 401 ? 'UNAUTHENTICATED' : 'UPSTREAM_UNAVAILABLE');
    const challenge = answer.headers.get('www-authenticate');
    if (expected.challenge === undefined) assert.equal(challenge, null);
    else assert.match(challenge ?? '', expected.challenge);
    assert.equal(services.received.length, 0, 'no upstream is asked');
  }
  /** A token of the issuer's claims, signed by its key, with what is given instead. */
  async function forge(claims: Record<string, unknown>, header: object = {}): Promise<string> {
    const payload = { ...decodeJwt(await issuer.token()), ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
  }
  const invalid = (why: string) => ({
    status: 401 as const,
    challenge: new RegExp(`^Bearer realm="weir", error="invalid_token", error_description="[^"]*${why}[^"]*"$`),
  });
  const seconds = () => Math.floor(Date.now() / 1000);

  it('are accepted where they hold, on every request', () =>
    serve({ jwt: jwt() }, async (gateway) => {
      const token = await issuer.token();
      for (let i = 0; i < 3; i += 1) await assertAccepted(gateway, token);
      assert.equal(services.received.length, 3);
    }));

  it('are asked for where they are missing, also in another scheme, and refused where they are malformed', () =>
    serve({ jwt: jwt() }, async (gateway) => {
      await assertRefused(gateway, undefined, { status: 401, challenge: /^Bearer realm="weir"$/ });
      const basic = await gateway.ask('{ hello }', { authorization: 'Basic YTpi' });
      assert.deepEqual([basic.status, basic.headers.get('www-authenticate')], [401, 'Bearer realm="weir"']);
      const [header, payload, signature] = (await issuer.token()).split('.') as [string, string, string];
      for (const token of [
        'x',
        'a.b.c',
        `${header}.${payload}`,
        `${header}.${payload}.${signature}.${signature}`,
        '..',
        'é',
      ]) {
        if (/^[\x21-\x7e]+$/.test(token)) await assertRefused(gateway, token, invalid('malformed'));
      }
      await assertRefused(gateway, `${header}.${payload}.${signature.slice(0, -4)}AAAA`, invalid('signature'));
      const admin = Buffer.from(JSON.stringify({ ...decodeJwt(`${header}.${payload}.`), sub: 'root' })).toString(
        'base64url',
      );
      await assertRefused(gateway, `${header}.${admin}.${signature}`, invalid('signature'));
    }));

  it('are refused after their time and before it', () =>
    serve({ jwt: jwt() }, async (gateway) => {
      await assertRefused(gateway, await forge({ exp: seconds() - 10 }), invalid('expired'));
      await assertRefused(gateway, await forge({ nbf: seconds() + 60 }), invalid('not valid yet'));
      await assertRefused(gateway, await forge({ exp: undefined }), invalid('lacks the claim exp'));
    }));

  it('are refused from one second to the next though they were verified before', async (t) => {
    const clock = { ms: Date.now() };
    t.mock.method(Date, 'now', () => clock.ms);
    await serve({ jwt: jwt({ clock_skew: '0s' }) }, async (gateway) => {
      const token = await forge({ exp: seconds() + 60 });
      clock.ms = (decodeJwt(token).exp as number) * 1_000 - 1;
      await assertAccepted(gateway, token);
      clock.ms += 1;
      await assertRefused(gateway, token, invalid('expired'));
    });
  });

  it('are refused of another audience or issuer', () =>
    serve({ jwt: jwt() }, async (gateway) => {
      await assertRefused(gateway, await issuer.token({ resource: 'urn:bank', scope: 'read' }), invalid('aud'));
      await assertRefused(gateway, await forge({ aud: ['urn:bank', 'urn:shop.evil'] }), invalid('aud'));
      await assertRefused(gateway, await forge({ iss: 'https://evil.example' }), invalid('issuer'));
      await assertRefused(gateway, await forge({ iss: `${issuer.url}/` }), invalid('issuer'));
    }));

  it('are refused without a signature, and signed with the public key as a secret', () =>
    serve({ jwt: jwt() }, async (gateway) => {
      const payload = (await issuer.token()).split('.')[1] as string;
      const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
      for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
        await assertRefused(gateway, `${encode({ alg, kid: 'one' })}.${payload}.`, invalid('algorithm|malformed'));
      }
      const { d: _, ...publicJwk } = key;
      const secrets = [
        createPublicKey({ key: publicJwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string,
        JSON.stringify(publicJwk),
        await (await fetch(`${issuer.url}/jwks`)).text(),
      ];
      for (const secret of secrets) {
        const input = `${encode({ alg: 'HS256', kid: 'one' })}.${payload}`;
        const mac = createHmac('sha256', secret).update(input).digest('base64url');
        await assertRefused(gateway, `${input}.${mac}`, invalid('algorithm'));
      }
      // A key that the token brings itself proves nothing, and what must be understood is not.
      const own = await createPrivateJwk('own');
      const { d: __, ...ownPublic } = own;
      const claims = decodeJwt(await issuer.token());
      const brought = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', jwk: ownPublic }).sign(own);
      await assertRefused(gateway, brought, invalid('signature|key'));
      const critical = `${encode({ alg: 'ES256', kid: 'one', crit: ['exp'], exp: 1 })}.${payload}.AAAA`;
      await assertRefused(gateway, critical, invalid(''));
    }));

  it('of a new key are accepted at once, and those of a key that was withdrawn refused', async (t) => {
    const rotating = await Issuer.start([key]);
    t.after(() => rotating.close());
    await serve({ jwt: { ...jwt(), issuer: rotating.url } }, async (gateway) => {
      const old = await rotating.token();
      await assertAccepted(gateway, old);
      rotating.rotate([await createPrivateJwk('two'), key]);
      const fresh = await rotating.token();
      await assertAccepted(gateway, fresh);
      await assertAccepted(gateway, old);
    });
    await serve({ jwt: { ...jwt(), issuer: rotating.url } }, async (gateway) => {
      rotating.rotate([key]);
      await assertAccepted(gateway, await rotating.token());
      const old = await rotating.token({ resource: 'urn:shop', scope: 'write' });
      await assertAccepted(gateway, old);
      rotating.rotate([await createPrivateJwk('three')]);
      // The new key is unknown: the keys are read again, and the old one is not among them.
      await assertAccepted(gateway, await rotating.token());
      await assertRefused(gateway, old, invalid('key'));
    });
  });

  it('that are opaque are introspected, and refused once they are revoked', () => {
    const client = { id: GATEWAY.client_id, secret: GATEWAY.client_secret };
    const endpoint = `${issuer.url}/token/introspection`;
    const introspection = { endpoint, client, cache_ttl: '1ms', negative_cache_ttl: '1ms' };
    return serve({ introspection }, async (gateway) => {
      const token = await issuer.token({ scope: 'read' });
      await assertAccepted(gateway, token);
      await issuer.revoke(token);
      await assertRefused(gateway, token, invalid('not active'));
      await assertRefused(gateway, 'never-issued', invalid('not active'));
    });
  });

  it('that were verified stay good while the issuer is away; others are neither accepted nor called bad', async (t) => {
    const away = await Issuer.start([key]);
    t.after(() => away.close());
    const client = { id: GATEWAY.client_id, secret: GATEWAY.client_secret };
    const opaque = { introspection: { endpoint: `${away.url}/token/introspection`, client } };
    await serve({ jwt: { ...jwt(), issuer: away.url } }, (verifying) =>
      serve(opaque, async (asking) => {
        const [token, known] = [await away.token(), await away.token({ scope: 'read' })];
        await assertAccepted(verifying, token);
        await assertAccepted(asking, known);
        const unseen = await away.token({ resource: 'urn:shop', scope: 'write' });
        await away.close();
        await assertAccepted(verifying, token);
        await assertAccepted(verifying, unseen);
        await assertAccepted(asking, known);
        await assertRefused(asking, 'new', { status: 503 });
        await serve({ jwt: { ...jwt(), issuer: away.url } }, (late) => assertRefused(late, token, { status: 503 }));
      }),
    );
  });

  it('are taken from a cookie or the query, which no upstream and no parser of GraphQL sees', () =>
    serve({ jwt: jwt(), tokens_from: [{ cookie: 'session' }, { query: 'access_token' }] }, async ({ origin }) => {
      const token = await issuer.token();
      const get = (query: string, headers = {}) => fetch(`${origin}/graphql?${query}`, { headers });
      const byCookie = await get('query={hello}', { cookie: `a=b; session=${token}` });
      assert.deepEqual([byCookie.status, await byCookie.json()], [200, { data: { hello: 'world' } }]);
      for (const query of [`query={hello}&access_token=${token}`, `%61ccess_token=${token}&query={hello}`]) {
        const byQuery = await get(query);
        assert.deepEqual([byQuery.status, await byQuery.json()], [200, { data: { hello: 'world' } }]);
      }
      assert.equal((await get('query={hello}&access_token=x')).status, 401);
      for (const { authorization, cookie } of services.received)
        assert.deepEqual([authorization, cookie], [undefined, undefined]);
    }));
});
