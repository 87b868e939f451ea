import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browsers } from '../../src/config/schema/browsers.ts';
import { compileBrowserRules } from '../../src/edge/browser-rules.ts';
import { compileSecurityHeaders } from '../../src/edge/security-headers.ts';

const compile = (...rules: Record<string, unknown>[]) => compileBrowserRules(browsers.parse({ rules }), '/graphql');
const ask = (headers: Record<string, string>, method = 'POST', path = '/graphql') => ({ method, path, headers });
const ORIGIN = 'https://app.shop.example';

describe('CORS', () => {
  const judge = compile({ path: '/', cors: { origins: [ORIGIN, 'https://*.preview.example'], credentials: true } });
  const preflight = (origin: string) =>
    ask({ origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a, x-b' }, 'OPTIONS');

  it('answers a preflight with what the page asked for, and for how long', () => {
    const { isPreflight, headers } = judge(preflight(ORIGIN));
    assert.equal(isPreflight, true);
    assert.deepEqual(headers, {
      vary: 'Origin, Access-Control-Request-Headers',
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'x-a, x-b',
      'access-control-max-age': '600',
    });
  });

  it('lets pages read answers of their gateway only: by origin, never by part of one', () => {
    for (const origin of [ORIGIN, 'https://a.preview.example', 'https://a.b.preview.example']) {
      assert.equal(judge(ask({ origin })).headers['access-control-allow-origin'], origin);
    }
    for (const origin of [
      'https://app.shop.example.evil.com',
      'http://app.shop.example',
      'https://app.shop.example:8443',
      'https://preview.example',
      'https://evil-preview.example',
      'https://evil.com/.preview.example',
      'https://evil.com#.preview.example',
      'https://a@b.preview.example',
      'null',
      '',
      'https://APP.SHOP.EXAMPLE',
    ]) {
      const { headers } = judge(ask({ origin }));
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
      assert.equal(headers.vary, 'Origin');
      assert.equal(judge(preflight(origin)).headers['access-control-allow-methods'], undefined);
    }
  });

  it('judges an origin in a time that grows with its length alone', () => {
    const many = compile({ cors: { origins: ['https://*.*.*.shop.example'] } });
    const startedMs = performance.now();
    many(ask({ origin: `https://${'a.'.repeat(8_000)}!` }));
    assert.ok(performance.now() - startedMs < 2_000);
    const origin = 'https://a.b.c.shop.example';
    assert.equal(many(ask({ origin })).headers['access-control-allow-origin'], origin);
  });

  it('says nothing to programs, and tells caches that the answer differs', () => {
    assert.deepEqual(judge(ask({ 'content-type': 'application/json' })).headers, { vary: 'Origin' });
    assert.equal(judge(ask({}, 'OPTIONS')).isPreflight, false);
  });

  it('allows every origin only without credentials', () => {
    const open = compile({ cors: { origins: ['*'] } });
    assert.equal(open(ask({ origin: 'https://any.example' })).headers['access-control-allow-origin'], '*');
    assert.throws(() => compile({ cors: { origins: ['*'], credentials: true } }), /every origin/);
  });

  it('takes the first rule that fits the host and the path', () => {
    const rules = compile(
      { host: 'api.shop.example', path: '/public', cors: { origins: ['*'] } },
      { host: '*.shop.example', cors: { origins: [ORIGIN] } },
    );
    const origin = (host: string, path: string) =>
      rules(ask({ host, origin: ORIGIN, 'content-type': 'application/json' }, 'POST', path)).headers[
        'access-control-allow-origin'
      ];
    assert.equal(origin('api.shop.example:443', '/public'), '*');
    assert.equal(origin('API.shop.example', '/public/x'), '*');
    assert.equal(origin('api.shop.example', '/publicity'), ORIGIN);
    assert.equal(origin('shop.example', '/'), undefined);
    assert.equal(origin('evilshop.example', '/'), undefined);
  });
});

describe('CSRF', () => {
  const judge = compile();

  it('suspects what a form of any page can send', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'TEXT/PLAIN;charset=utf-8',
    ]) {
      assert.equal(judge(ask({ 'content-type': type })).isForgery, true);
      assert.equal(judge(ask({ 'content-type': type, origin: 'https://evil.example' })).isForgery, true);
      assert.equal(judge(ask({ 'content-type': type, 'sec-fetch-site': 'cross-site' })).isForgery, true);
    }
    assert.equal(judge(ask({ origin: 'https://evil.example' })).isForgery, true, 'no content type');
    assert.equal(judge(ask({}, 'GET')).isForgery, false, 'a GET changes nothing, and programs send it bare');
  });

  it('lets pass what no page can send unasked, and what the browser vouches for', () => {
    for (const headers of [
      { 'content-type': 'application/json' },
      { 'content-type': 'application/json; charset=utf-8', origin: 'https://evil.example' },
      { 'content-type': 'multipart/form-data', 'graphql-require-preflight': '1' },
      { 'content-type': 'text/plain', 'x-requested-with': 'x' },
      { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' },
      {},
    ] as Record<string, string>[]) {
      assert.equal(judge(ask(headers)).isForgery, false, JSON.stringify(headers));
    }
    assert.equal(judge(ask({ 'sec-fetch-site': 'none' }, 'GET')).isForgery, false, 'typed by the user');
    assert.equal(judge(ask({}, 'OPTIONS')).isForgery, false);
    assert.equal(
      judge(ask({ 'content-type': 'text/plain', 'x-requested-with': '' })).isForgery,
      true,
      'an empty header is none',
    );
  });

  it('guards GraphQL by itself and routes where told', () => {
    const form = { 'content-type': 'text/plain', origin: 'https://evil.example' };
    assert.equal(judge(ask(form, 'POST', '/api/orders')).isForgery, false);
    const guarded = compile(
      { path: '/api', csrf: { check_get: false, trusted_origins: [ORIGIN] } },
      { path: '/graphql', csrf: false },
    );
    assert.equal(guarded(ask(form, 'POST', '/api/orders')).isForgery, true);
    assert.equal(guarded(ask({}, 'GET', '/api/orders')).isForgery, false);
    assert.equal(guarded(ask({ ...form, origin: ORIGIN }, 'POST', '/api/orders')).isForgery, false);
    assert.equal(guarded(ask(form)).isForgery, false, 'turned off');
    const withCors = compile({ cors: { origins: [ORIGIN] } });
    assert.equal(withCors(ask(form)).isForgery, true, 'a rule for CORS does not take the guard off GraphQL');
    assert.equal(withCors(ask(form, 'POST', '/api')).isForgery, false);
    assert.equal(withCors(ask({ ...form, origin: ORIGIN })).isForgery, false, 'who may read may send');
  });
});

describe('security headers', () => {
  it('are the defaults, with those of the config instead or beside, and some only over TLS', () => {
    const of = compileSecurityHeaders({
      'X-Frame-Options': null,
      'Strict-Transport-Security': 'max-age=1',
      'Referrer-Policy': 'origin',
    });
    const plain = [
      ['x-content-type-options', 'nosniff'],
      ['referrer-policy', 'origin'],
    ];
    assert.deepEqual(of(false), plain);
    assert.deepEqual(of(true), [...plain, ['strict-transport-security', 'max-age=1']]);
  });
});
