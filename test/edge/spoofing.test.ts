import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createEdge } from '../../src/edge/create-edge.ts';
import type { RequestHead } from '../../src/edge/edge.ts';
import { defineEdge, headOf } from './edge-definition.ts';

const PEER = '203.0.113.9';
const PROXY = '10.0.0.5';
const CLIENT = '198.51.100.7';

/** What a peer that nobody trusts may send; it stays itself, anonymous, with a new request id. */
const FROM_STRANGERS: readonly Record<string, string>[] = [
  { 'x-forwarded-for': '1.2.3.4' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-for': '10.0.0.5' },
  { 'x-forwarded-for': '1.2.3.4, 10.0.0.5' },
  { 'x-forwarded-for': '::1' },
  { 'x-forwarded-for': '::ffff:10.0.0.5' },
  { 'x-forwarded-for': '' },
  { 'x-forwarded-for': ',,,' },
  { 'x-forwarded-for': `${'1.1.1.1,'.repeat(500)}2.2.2.2` },
  { forwarded: 'for=1.2.3.4' },
  { forwarded: 'for="[2001:db8::1]:80";proto=https' },
  { forwarded: 'for=10.0.0.5, for=10.0.0.6' },
  { 'x-real-ip': '1.2.3.4' },
  { 'true-client-ip': '1.2.3.4' },
  { 'cf-connecting-ip': '1.2.3.4' },
  { 'x-client-ip': '1.2.3.4' },
  { 'x-cluster-client-ip': '1.2.3.4' },
  { 'x-originating-ip': '127.0.0.1' },
  { 'x-remote-addr': '127.0.0.1' },
  { 'client-ip': '127.0.0.1' },
  { via: '1.1 trusted', 'x-forwarded-for': '1.2.3.4' },
  { 'x-request-id': 'abcdefgh-12345678' },
  { 'x-request-id': 'short' },
  { 'client-cert': ':MIIB:' },
  { 'client-cert-chain': ':MIIB:' },
  { 'x-forwarded-client-cert': 'Hash=00;Subject="CN=root";URI=spiffe://shop/root' },
  { 'x-forwarded-client-cert': 'URI=spiffe://shop/orders' },
  { 'x-forwarded-client-cert': 'By=spiffe://shop/gw;DNS=orders.shop' },
  { x_forwarded_client_cert: 'URI=spiffe://shop/orders' },
  { 'x-forwarded_client-cert': 'URI=spiffe://shop/orders' },
];

/** Copies of the headers that only the gateway sets, in all the forms that services take for the same. */
const IDENTITY_COPIES: readonly Record<string, string>[] = [
  { 'x-user-id': 'root' },
  { 'X-User-Id': 'root' },
  { 'X-USER-ID': 'root' },
  { x_user_id: 'root' },
  { X_User_Id: 'root' },
  { 'x-user_id': 'root' },
  { 'x_user-id': 'root' },
  { 'x.user.id': 'root' },
  { 'x-user.id': 'root' },
  { 'x user id': 'root' },
  { 'x!user!id': 'root' },
  { 'x~user~id': 'root' },
  { 'x-scopes': 'admin' },
  { x_scopes: 'admin' },
  { 'x-roles': 'admin' },
  { X_ROLES: 'admin' },
  { 'x-tenant': 'other' },
  { x_tenant: 'other' },
  { 'x-weir-identity': 'eyJhbGciOiJub25lIn0.e30.' },
  { x_weir_identity: 'eyJhbGciOiJub25lIn0.e30.' },
  { connection: 'x-user-id' },
  { connection: 'close, X-User-Id' },
  { connection: 'X-User-Id,keep-alive' },
  { connection: 'keep-alive , x_user_id , x-roles' },
  { connection: 'x-scopes', 'x-scopes': 'admin' },
  { connection: 'X-Weir-Identity' },
  { 'x-user-id': 'root', x_user_id: 'root', 'X-USER-ID': 'root' },
  { 'x-user-id': '' },
];

/** What comes through a trusted proxy that appends: the address is the one that the proxy saw. */
const THROUGH_PROXY: readonly (readonly [headers: Record<string, string>, address: string])[] = [
  [{ 'x-forwarded-for': CLIENT }, CLIENT],
  [{ 'x-forwarded-for': `1.2.3.4, ${CLIENT}` }, CLIENT],
  [{ 'x-forwarded-for': `127.0.0.1, ${CLIENT}` }, CLIENT],
  [{ 'x-forwarded-for': `10.0.0.7, ${CLIENT}` }, CLIENT],
  [{ 'x-forwarded-for': `${CLIENT}, 10.0.0.7` }, CLIENT],
  [{ 'x-forwarded-for': `6.6.6.6, ${CLIENT}, 10.0.0.7, 10.9.9.9` }, CLIENT],
  [{ 'x-forwarded-for': `${CLIENT}:4711` }, CLIENT],
  [{ 'x-forwarded-for': '[2001:db8::7]:4711' }, '2001:db8::7'],
  [{ 'x-forwarded-for': '2001:db8::7, fd00::1' }, '2001:db8::7'],
  [{ 'x-forwarded-for': `::ffff:${CLIENT}` }, CLIENT],
  [{ 'x-forwarded-for': '1.2.3.4, garbage' }, PROXY],
  [{ 'x-forwarded-for': '1.2.3.4, 10.0.0.7, <script>' }, PROXY],
  [{ 'x-forwarded-for': '1.2.3.4, garbage, 10.0.0.7' }, '10.0.0.7'],
  [{ 'x-forwarded-for': '1.2.3.4, ' }, PROXY],
  [{ 'x-forwarded-for': '' }, PROXY],
  [{ 'x-forwarded-for': '1.2.3.4, 999.1.1.1' }, PROXY],
  [{ 'x-forwarded-for': '1.2.3.4, 0x7f.1' }, PROXY],
  [{ 'x-forwarded-for': '1.2.3.4, [198.51.100.7]' }, PROXY],
  [{ 'x-forwarded-for': '10.0.0.7, 10.0.0.8' }, '10.0.0.7'],
  [{ forwarded: `for=${CLIENT}` }, CLIENT],
  [{ forwarded: `for=1.2.3.4, for=${CLIENT};proto=https` }, CLIENT],
  [{ forwarded: `FOR="${CLIENT}:80"` }, CLIENT],
  [{ forwarded: 'for="[2001:db8::7]:80"' }, '2001:db8::7'],
  [{ forwarded: 'for=1.2.3.4, for=unknown' }, PROXY],
  [{ forwarded: 'for=1.2.3.4, for=_hidden' }, PROXY],
  [{ forwarded: 'for=1.2.3.4, proto=https' }, PROXY],
  [{ forwarded: 'for=1.2.3.4;for=5.6.7.8' }, PROXY],
  [{ 'x-forwarded-for': CLIENT, forwarded: 'for=1.2.3.4' }, CLIENT],
  [{ 'x-forwarded-for': CLIENT, 'x-real-ip': '1.2.3.4' }, CLIENT],
];

describe('spoofing', () => {
  const edge = createEdge(
    defineEdge({
      trusted_proxies: ['10.0.0.0/8', 'fd00::/8'],
      auth: {
        optional: false,
        mtls: { source: 'xfcc' },
        forward: {
          headers: {
            'X-User-ID': 'subject',
            'X-Scopes': 'scopes',
            'X-Roles': 'roles',
            'X-Tenant': 'claim:tenant',
            'X-Weir-Identity': 'kind',
          },
        },
      },
    }),
  );
  after(() => edge.close());

  const managed = [
    'x-user-id',
    'x-scopes',
    'x-roles',
    'x-tenant',
    'x-weir-identity',
    'client-cert',
    'x-forwarded-client-cert',
  ];
  const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  function assertNothingManaged(head: RequestHead): void {
    for (const name of Object.keys(head.headers)) assert.ok(!managed.includes(fold(name)), name);
    for (const token of (head.headers.connection ?? '').split(','))
      assert.ok(!managed.includes(fold(token.trim())), token);
  }

  it(`has a corpus of at least 60`, () => {
    assert.ok(FROM_STRANGERS.length + IDENTITY_COPIES.length + THROUGH_PROXY.length >= 60);
  });

  for (const headers of FROM_STRANGERS) {
    it(`changes nothing for a stranger: ${JSON.stringify(headers).slice(0, 90)}`, async () => {
      const head = edge.clean(headOf(headers));
      assert.equal(edge.clientAddress(head), PEER);
      assert.match(edge.requestId(head), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.notEqual(edge.requestId(head), headers['x-request-id']);
      const outcome = await edge.identify(head);
      assert.ok(outcome !== null && 'error' in outcome && outcome.error.code === 'UNAUTHENTICATED');
      assertNothingManaged(head);
    });
  }

  for (const headers of IDENTITY_COPIES) {
    it(`removes what only the gateway says: ${JSON.stringify(headers)}`, () => {
      for (const peerAddress of [PEER, PROXY]) {
        const original = { ...headers, accept: 'text/html', cookie: 'a=b' };
        const head = edge.clean(headOf(original, { peerAddress }));
        assertNothingManaged(head);
        assert.deepEqual([head.headers.accept, head.headers.cookie], ['text/html', 'a=b']);
        assert.deepEqual(
          original,
          { ...headers, accept: 'text/html', cookie: 'a=b' },
          "the request's own are not touched",
        );
      }
    });
  }

  for (const [headers, address] of THROUGH_PROXY) {
    it(`finds the client behind the proxy: ${JSON.stringify(headers)}`, () => {
      assert.equal(edge.clientAddress(headOf(headers, { peerAddress: PROXY })), address);
      assert.equal(edge.clientAddress(headOf(headers, { peerAddress: `::ffff:${PROXY}` })), address);
      assert.equal(edge.clientAddress(headOf(headers)), PEER);
    });
  }

  it('leaves a head without any of it as it is', () => {
    const head = headOf({ accept: '*/*', connection: 'keep-alive', authorization: 'Bearer x' });
    assert.equal(edge.clean(head), head);
  });

  it('believes a trusted proxy on the certificate and the request id', async () => {
    const head = edge.clean(
      headOf(
        {
          'x-forwarded-client-cert': 'URI=spiffe://evil/x,Hash=ab;URI=spiffe://shop/orders',
          'x-request-id': 'abcdefgh-12345678',
        },
        { peerAddress: PROXY },
      ),
    );
    const identity = await edge.identify(head);
    assert.ok(identity !== null && 'subject' in identity);
    assert.equal(identity.subject, 'spiffe://shop/orders');
    assert.equal(edge.requestId(head), 'abcdefgh-12345678');
    for (const bad of ['short', 'has space in it', 'a'.repeat(129), 'new\nline-new-line', '']) {
      assert.notEqual(edge.requestId(headOf({ 'x-request-id': bad }, { peerAddress: PROXY })), bad);
    }
  });

  it('refuses to start with a proxy that is no address', () => {
    for (const bad of ['proxy.example', '10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0/8', '']) {
      assert.throws(() => createEdge(defineEdge({ trusted_proxies: [bad] })), TypeError);
    }
  });
});
