import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createEdge } from '../../src/edge/create-edge.ts';
import type { RequestHead } from '../../src/edge/edge.ts';
import { defineEdge, headOf } from './edge-definition.ts';
import { FROM_STRANGERS, IDENTITY_COPIES, PEER, PROXY, THROUGH_PROXY } from './spoofing-corpus.ts';

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
