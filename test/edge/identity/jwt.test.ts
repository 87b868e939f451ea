import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { JwtMechanism, type JwtOptions } from '../../../src/edge/identity/jwt.ts';
import { KeySet, type KeySetOptions } from '../../../src/edge/identity/key-set.ts';
import { keysFromFile, keysFromUrl } from '../../../src/edge/identity/load-keys.ts';
import { type Outcome, Refusal } from '../../../src/edge/identity/outcome.ts';
import type { Identity } from '../../../src/edge/request-context.ts';
import { createSigningKey, KeyServer, type SigningKey } from './key-server.ts';

const ISSUER = 'https://issuer.example';
const START_MS = 1_800_000_000_000;

describe('JWT', () => {
  let first: SigningKey;
  let second: SigningKey;
  let server: KeyServer;
  let url: string;
  const clock = { ms: START_MS };
  const open: KeySet[] = [];

  before(async () => {
    first = await createSigningKey('first');
    second = await createSigningKey('second', 'RS256');
    server = new KeyServer();
    url = await server.listen();
  });
  after(async () => {
    await Promise.all(open.map((keys) => keys.close()));
    await server.close();
  });
  beforeEach(() => {
    clock.ms = START_MS;
    server.keys = [first.publicJwk, second.publicJwk];
    server.status = 200;
    server.reads = 0;
  });

  function mechanism(options: Partial<JwtOptions> = {}, keyOptions: KeySetOptions = {}) {
    const keys = new KeySet(keysFromUrl(url), { now: () => clock.ms, ...keyOptions });
    const jwt = new JwtMechanism({
      issuers: [
        {
          issuer: ISSUER,
          keys,
          audience: ['shop'],
          algorithms: ['ES256', 'RS256'],
          clockSkewMs: 5_000,
          requiredClaims: ['sub'],
        },
      ],
      now: () => clock.ms,
      ...options,
    });
    open.push(keys);
    return { jwt, keys };
  }

  const claims = (more: Record<string, unknown> = {}) => ({
    iss: ISSUER,
    aud: 'shop',
    sub: 'ada',
    exp: START_MS / 1000 + 600,
    scope: 'read write',
    roles: ['clerk'],
    tier: 'gold',
    jti: 'token-1',
    ...more,
  });
  const ask = (jwt: JwtMechanism, token: string) => jwt.identify({ headers: { authorization: `Bearer ${token}` } });

  function assertRefused(outcome: Outcome, why: RegExp): void {
    assert.ok(outcome instanceof Refusal, 'refused');
    assert.equal(outcome.error.code, 'UNAUTHENTICATED');
    assert.match(outcome.wwwAuthenticate, /^Bearer realm="weir", error="invalid_token", error_description="/);
    assert.match(outcome.wwwAuthenticate, why);
  }

  it('gives the identity that the claims name', async () => {
    const { jwt } = mechanism();
    const identity = (await ask(jwt, await first.sign(claims()))) as Identity;
    assert.deepEqual(
      { ...identity, claims: undefined },
      {
        subject: 'ada',
        kind: 'jwt',
        scopes: ['read', 'write'],
        roles: ['clerk'],
        tier: 'gold',
        credentialId: 'token-1',
        expiresAtMs: 1_800_000_600_000,
        claims: undefined,
      },
    );
    assert.equal(identity.claims.aud, 'shop');
  });

  it('reads scopes from an scp array', async () => {
    const { jwt } = mechanism();
    const identity = (await ask(jwt, await first.sign(claims({ scope: undefined, scp: ['a', 'b'] })))) as Identity;
    assert.deepEqual(identity.scopes, ['a', 'b']);
  });

  it('is null where no token is there, also for another scheme', () => {
    const { jwt } = mechanism();
    assert.equal(jwt.identify({ headers: {} }), null);
    assert.equal(jwt.identify({ headers: { authorization: 'Basic YTpi' } }), null);
    assert.equal(jwt.challenge, 'Bearer realm="weir"');
  });

  it('refuses expired, early, foreign and incomplete tokens, and says which', async () => {
    const { jwt } = mechanism();
    const now = START_MS / 1000;
    assertRefused(await ask(jwt, await first.sign(claims({ exp: now - 6 }))), /expired/);
    assertRefused(await ask(jwt, await first.sign(claims({ nbf: now + 60 }))), /not valid yet/);
    assertRefused(await ask(jwt, await first.sign(claims({ aud: 'bank' }))), /aud is not accepted/);
    assertRefused(await ask(jwt, await first.sign(claims({ iss: 'https://other.example' }))), /unknown issuer/);
    assertRefused(await ask(jwt, await first.sign(claims({ exp: undefined }))), /lacks the claim exp/);
    assertRefused(await ask(jwt, await first.sign(claims({ sub: undefined }))), /lacks the claim sub/);
    assertRefused(await ask(jwt, 'not.a.token'), /malformed/);
    assertRefused(await ask(jwt, 'opaque'), /malformed/);
  });

  it('accepts what is within the clock skew', async () => {
    const { jwt } = mechanism();
    const now = START_MS / 1000;
    assert.ok(!((await ask(jwt, await first.sign(claims({ exp: now - 4, nbf: now + 4 })))) instanceof Refusal));
  });

  it('refuses alg none, an HMAC under the public key, a changed payload and an unknown crit', async () => {
    const { jwt } = mechanism();
    assertRefused(await ask(jwt, new UnsecuredJWT(claims()).encode()), /algorithm/);
    const hmac = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'second' })
      .sign(new TextEncoder().encode(JSON.stringify(second.publicJwk)));
    assertRefused(await ask(jwt, hmac), /algorithm/);
    const [header, , signature] = (await first.sign(claims())).split('.');
    const forged = Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url');
    assertRefused(await ask(jwt, `${header}.${forged}.${signature}`), /signature/);
    const [critPayload, critSignature] = (await first.sign(claims())).split('.').slice(1);
    const crit = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'first', crit: ['odd'], odd: 1 })).toString(
      'base64url',
    );
    assertRefused(await ask(jwt, `${crit}.${critPayload}.${critSignature}`), /malformed/);
  });

  it('refuses the algorithm of one key with the kid of another', async () => {
    const { jwt } = mechanism();
    assertRefused(await ask(jwt, await first.sign(claims(), { kid: 'second' })), /unknown/);
  });

  it('answers a token it knows without a promise', async () => {
    const { jwt } = mechanism();
    const token = await first.sign(claims());
    const identity = await ask(jwt, token);
    assert.equal(ask(jwt, token), identity);
  });

  it('verifies a token once for requests that come together', async () => {
    const { jwt } = mechanism();
    const token = await first.sign(claims());
    const [a, b] = await Promise.all([ask(jwt, token), ask(jwt, token)]);
    assert.equal(a, b);
  });

  it('looks at exp and nbf on every hit', async () => {
    const { jwt } = mechanism({ cacheTtlMs: 86_400_000 });
    const token = await first.sign(claims({ nbf: START_MS / 1000 }));
    await ask(jwt, token);
    clock.ms += 604_999;
    assert.ok(!(ask(jwt, token) instanceof Refusal));
    clock.ms += 1;
    assertRefused(await ask(jwt, token), /expired/);
    clock.ms = START_MS;
    await ask(jwt, token);
    clock.ms = START_MS - 60_000;
    assertRefused(await ask(jwt, token), /not valid yet/);
  });

  it('lets the tokens of a key die with it, and the others live', async () => {
    const { jwt, keys } = mechanism();
    const tokens = [await first.sign(claims()), await second.sign(claims())] as const;
    const kept = await ask(jwt, tokens[1]);
    await ask(jwt, tokens[0]);
    server.keys = [second.publicJwk];
    await keys.refresh();
    assert.equal(ask(jwt, tokens[1]), kept, 'still from the cache');
    assertRefused(await ask(jwt, tokens[0]), /unknown/);
  });

  it('lets the tokens die of a kid that now names another key', async () => {
    const { jwt, keys } = mechanism();
    const token = await first.sign(claims());
    await ask(jwt, token);
    const impostor = await createSigningKey('first');
    server.keys = [impostor.publicJwk];
    await keys.refresh();
    assertRefused(await ask(jwt, token), /signature/);
  });

  it('reads the keys once for a crowd with an unknown kid, and not again within 30 seconds', async () => {
    const { jwt, keys } = mechanism();
    await keys.refresh();
    const reads = server.reads;
    const third = await createSigningKey('third');
    server.keys = [third.publicJwk];
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => third.sign(claims({ jti: String(i) }))));
    const outcomes = await Promise.all(tokens.map((token) => ask(jwt, token)));
    assert.ok(outcomes.every((outcome) => outcome !== null && !(outcome instanceof Refusal)));
    assert.equal(server.reads, reads + 1);
    const fourth = await createSigningKey('fourth');
    server.keys = [third.publicJwk, fourth.publicJwk];
    const late = await fourth.sign(claims());
    for (let i = 0; i < 5; i += 1) assertRefused(await ask(jwt, late), /unknown/);
    assert.equal(server.reads, reads + 1);
    clock.ms += 30_000;
    assert.equal(((await ask(jwt, late)) as Identity).subject, 'ada');
    assert.equal(server.reads, reads + 2);
  });

  it('keeps verifying while the issuer is away, until the hard age of the keys', async () => {
    const { jwt, keys } = mechanism({}, { maxAgeMs: 60_000 });
    await keys.refresh();
    server.status = 500;
    clock.ms += 59_000;
    await keys.refresh();
    const token = await first.sign(claims());
    assert.equal(((await ask(jwt, token)) as Identity).subject, 'ada');
    clock.ms += 1_000;
    const outcome = await ask(jwt, token);
    assert.ok(outcome instanceof Refusal);
    assert.equal(outcome.error.code, 'UPSTREAM_UNAVAILABLE');
    assert.equal(outcome.wwwAuthenticate, '');
  });

  it('starts without its issuer, answers 503 meanwhile, and asks at most once a second', async () => {
    server.status = 503;
    const { jwt } = mechanism();
    const token = await first.sign(claims());
    for (let i = 0; i < 5; i += 1) {
      const outcome = await ask(jwt, token);
      assert.ok(outcome instanceof Refusal && outcome.error.code === 'UPSTREAM_UNAVAILABLE');
      assert.ok(!outcome.error.clientMessage.includes('issuer.example'));
    }
    assert.equal(server.reads, 1);
    server.status = 200;
    clock.ms += 1_000;
    assert.equal(((await ask(jwt, token)) as Identity).subject, 'ada');
  });

  it('tries every key for a token without kid, and reads the keys once more where none fits', async () => {
    const { jwt, keys } = mechanism();
    await keys.refresh();
    const [a, b] = [await createSigningKey('a'), await createSigningKey('b')];
    server.keys = [a.publicJwk, b.publicJwk];
    const reads = server.reads;
    const token = await b.sign(claims(), { kid: undefined });
    assert.equal(((await ask(jwt, token)) as Identity).subject, 'ada');
    const stranger = await createSigningKey('c');
    assertRefused(await ask(jwt, await stranger.sign(claims(), { kid: undefined })), /signature/);
    assert.equal(server.reads, reads + 1);
  });

  it('reads the token where it is told to: a cookie, the query, a header without scheme', async () => {
    const token = await first.sign(claims());
    const { jwt } = mechanism({
      sources: [
        { in: 'cookie', name: 'session' },
        { in: 'query', name: 'access_token' },
        { in: 'header', name: 'X-Token', scheme: '' },
      ],
    });
    const found = [
      { headers: { cookie: `a=b; session=${token}; c=d` } },
      { headers: {}, query: `a=b&access_token=${token}` },
      { headers: { 'x-token': token } },
    ];
    for (const credentials of found) assert.equal(((await jwt.identify(credentials)) as Identity).subject, 'ada');
    assert.equal(jwt.identify({ headers: { authorization: `Bearer ${token}` } }), null);
  });

  it('reads keys from a file, and takes hostile claim names as data', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'weir-keys-'));
    try {
      const path = join(directory, 'jwks.json');
      await writeFile(path, JSON.stringify({ keys: [first.publicJwk, { kty: 'odd', kid: 'future' }] }));
      const keys = new KeySet(keysFromFile(path), { now: () => clock.ms });
      open.push(keys);
      const mapping = {
        subject: ['sub'],
        scopes: ['constructor.name'],
        roles: ['__proto__.roles'],
        tier: ['toString'],
      };
      const { jwt } = mechanism({
        issuers: [{ issuer: ISSUER, keys, algorithms: ['ES256'], clockSkewMs: 0, mapping }],
      });
      const identity = (await ask(jwt, await first.sign(claims()))) as Identity;
      assert.deepEqual([identity.scopes, identity.roles, identity.tier], [[], [], undefined]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('leaves tokens that are not its own to the next mechanism where told to', async () => {
    const { jwt } = mechanism({ ignoreForeign: true });
    assert.equal(await ask(jwt, 'opaque-token'), null);
    assert.equal(await ask(jwt, await first.sign(claims({ iss: 'https://other.example' }))), null);
  });
});
