import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, type JWK, SignJWT } from 'jose';
import { auth } from '../../../src/config/schema/identity.ts';
import { type AuthEvent, type Authenticator, compileAuth } from '../../../src/edge/identity/compile-auth.ts';
import { JwtMechanism } from '../../../src/edge/identity/jwt.ts';
import { KeySet } from '../../../src/edge/identity/key-set.ts';
import { keysFromDiscovery } from '../../../src/edge/identity/load-keys.ts';
import { type Outcome, Refusal } from '../../../src/edge/identity/outcome.ts';
import type { Identity } from '../../../src/edge/request-context.ts';
import { createPrivateJwk, GATEWAY, Issuer } from './issuer.ts';

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

function assertRefused(outcome: Outcome, why: RegExp, code = 'UNAUTHENTICATED'): void {
  assert.ok(outcome instanceof Refusal);
  assert.equal(outcome.error.code, code);
  if (code === 'UNAUTHENTICATED') assert.match(outcome.wwwAuthenticate, why);
}

describe('tokens of a real issuer', () => {
  let key: JWK;
  let issuer: Issuer;
  const open: Authenticator[] = [];

  before(async () => {
    key = await createPrivateJwk('one');
    issuer = await Issuer.start([key]);
  });
  after(async () => {
    await Promise.all(open.map((authenticator) => authenticator.close()));
    await issuer.close();
  });

  function authenticate(definition: Record<string, unknown>, onEvent?: (event: AuthEvent) => void): Authenticator {
    const authenticator = compileAuth(auth.parse(definition), onEvent);
    open.push(authenticator);
    return authenticator;
  }
  const jwt = (more: Record<string, unknown> = {}) => ({
    jwt: { issuer: issuer.url, audience: 'urn:shop', ...more },
    optional: false,
  });
  const introspection = (more: Record<string, unknown> = {}) => ({
    introspection: {
      endpoint: `${issuer.url}/token/introspection`,
      client: { id: GATEWAY.client_id, secret: GATEWAY.client_secret },
      ...more,
    },
    optional: false,
  });

  it('are accepted, with keys found by discovery or named', async () => {
    for (const jwks of [undefined, `${issuer.url}/jwks`]) {
      const { identify } = authenticate(jwt(jwks === undefined ? {} : { jwks }));
      const token = await issuer.token();
      const identity = (await identify(bearer(token))) as Identity;
      assert.equal(identity.kind, 'jwt');
      assert.deepEqual(identity.scopes, ['read']);
      assert.equal(identity.claims.client_id, 'clerk');
      assert.equal(identify(bearer(token)), identity, 'known now, without a promise');
    }
  });

  it('are refused without a credential, malformed, of another audience or issuer', async () => {
    const { identify } = authenticate(jwt());
    assertRefused(await identify({ headers: {} }), /^Bearer realm="weir"$/);
    assertRefused(await identify(bearer('x')), /malformed/);
    assertRefused(
      await identify(bearer(await issuer.token({ resource: 'urn:bank', scope: 'read' }))),
      /aud is not accepted/,
    );
    const foreign = authenticate({
      jwt: { issuer: 'https://other.example', jwks: `${issuer.url}/jwks` },
      optional: false,
    });
    assertRefused(await foreign.identify(bearer(await issuer.token())), /unknown issuer/);
  });

  it('are refused with alg none, and signed with the public key as a secret', async () => {
    const { identify } = authenticate(jwt());
    const token = await issuer.token();
    const payload = token.split('.')[1];
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'one' })).toString('base64url');
    assertRefused(await identify(bearer(`${none}.${payload}.`)), /algorithm/);
    const published = await (await fetch(`${issuer.url}/jwks`)).text();
    const confused = await new SignJWT(decodeJwt(token))
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(Buffer.from(published));
    assertRefused(await identify(bearer(confused)), /algorithm/);
  });

  it('are refused before and after their time', async () => {
    const clock = { ms: Date.now() };
    const keys = new KeySet(keysFromDiscovery(issuer.url), { now: () => clock.ms });
    const mechanism = new JwtMechanism({
      issuers: [{ issuer: issuer.url, keys, algorithms: ['ES256'], clockSkewMs: 1_000 }],
      now: () => clock.ms,
    });
    try {
      const token = await issuer.token();
      assert.equal(((await mechanism.identify(bearer(token))) as Identity).kind, 'jwt');
      clock.ms += 602_000;
      assertRefused(await mechanism.identify(bearer(token)), /expired/);
    } finally {
      await keys.close();
    }
  });

  it('are accepted with a key that the issuer took into use a moment ago, and refused with one that it dropped', async () => {
    const events: AuthEvent[] = [];
    const { identify } = authenticate(jwt(), (event) => events.push(event));
    const old = await issuer.token();
    await identify(bearer(old));
    issuer.rotate([await createPrivateJwk('two')]);
    const fresh = await issuer.token();
    assert.equal(((await identify(bearer(fresh))) as Identity).kind, 'jwt');
    assertRefused(await identify(bearer(old)), /key of the token is unknown/);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['keys_loaded', 'keys_loaded'],
    );
    issuer.rotate([key]);
  });

  it('are introspected where they are opaque, and seen revoked within the life of the cache', async () => {
    const { identify } = authenticate(introspection({ cache_ttl: '1ms', negative_cache_ttl: '1ms' }));
    const token = await issuer.token({ scope: 'read write' });
    const identity = (await identify(bearer(token))) as Identity;
    assert.equal(identity.kind, 'introspection');
    assert.deepEqual(identity.scopes, ['read', 'write']);
    await issuer.revoke(token);
    assertRefused(await identify(bearer(token)), /not active/);
    assertRefused(await identify(bearer('never-issued')), /not active/);
  });

  it('are introspected once for requests that come together, and once for a refused one that comes again', async () => {
    const { identify } = authenticate(introspection());
    const token = await issuer.token({ scope: 'read' });
    const before = issuer.introspections;
    await Promise.all(Array.from({ length: 10 }, () => identify(bearer(token))));
    assert.ok(!(identify(bearer(token)) instanceof Promise));
    for (let i = 0; i < 10; i += 1) assertRefused(await identify(bearer('guess')), /not active/);
    assert.equal(issuer.introspections, before + 2);
  });

  it('go to the mechanism that knows them where both are configured', async () => {
    const { identify } = authenticate({ ...jwt(), ...introspection() });
    assert.equal(((await identify(bearer(await issuer.token()))) as Identity).kind, 'jwt');
    assert.equal(((await identify(bearer(await issuer.token({ scope: 'read' })))) as Identity).kind, 'introspection');
  });

  it('that were verified stay good while the issuer is away; others are neither accepted nor called bad', async (t) => {
    const away = await Issuer.start([key]);
    t.after(() => away.close());
    const definition = { issuer: away.url, audience: 'urn:shop' };
    const early = authenticate({ jwt: definition, optional: false });
    const judged = authenticate({
      introspection: {
        endpoint: `${away.url}/token/introspection`,
        client: { id: GATEWAY.client_id, secret: GATEWAY.client_secret },
        cache_ttl: '1ms',
        on_idp_failure: 'stale',
        stale_max: '1h',
      },
    });
    const [known, unseen, opaque] = [
      await away.token(),
      await away.token({ resource: 'urn:shop', scope: 'write' }),
      await away.token({ scope: 'read' }),
    ];
    await early.identify(bearer(known));
    await judged.identify(bearer(opaque));
    await away.close();
    const late = authenticate({ jwt: definition, optional: false });
    assert.equal(((await early.identify(bearer(known))) as Identity).kind, 'jwt');
    assert.equal(((await early.identify(bearer(unseen))) as Identity).kind, 'jwt', 'the keys are known');
    assert.equal(((await judged.identify(bearer(opaque))) as Identity).kind, 'introspection', 'stale');
    assertRefused(await judged.identify(bearer('new')), /./, 'UPSTREAM_UNAVAILABLE');
    assertRefused(await late.identify(bearer(known)), /./, 'UPSTREAM_UNAVAILABLE');
  });
});
