import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { describeCertificate, parseClientCert, parseXfcc } from '../../../src/edge/identity/client-certificate.ts';
import { MtlsMechanism } from '../../../src/edge/identity/mtls.ts';
import { Refusal } from '../../../src/edge/identity/outcome.ts';
import type { Identity } from '../../../src/edge/request-context.ts';

const OPENSSL = '/usr/bin/openssl';

describe('client certificates', { skip: existsSync(OPENSSL) ? false : `there is no ${OPENSSL}` }, () => {
  let directory: string;
  let pem: string;
  let certificate: X509Certificate;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-mtls-'));
    const names =
      'subjectAltName=URI:spiffe://shop/orders,DNS:orders.shop,DNS:localhost,IP:127.0.0.1,email:ops@shop.example';
    execFileSync(
      OPENSSL,
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/O=Shop, Inc/CN=orders',
        '-addext',
        names,
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
      ],
      { cwd: directory, stdio: 'pipe' },
    );
    pem = readFileSync(join(directory, 'cert.pem'), 'utf8');
    certificate = new X509Certificate(pem);
  });
  after(() => rmSync(directory, { recursive: true }));

  const identify = (mechanism: MtlsMechanism, headers: Record<string, string>, fromTrustedProxy = true) =>
    mechanism.identify({ headers, fromTrustedProxy });

  it('of a TLS connection give the SPIFFE id, the thumbprint and the serial number', async () => {
    const key = readFileSync(join(directory, 'key.pem'), 'utf8');
    const server = createServer(
      { key, cert: pem, ca: pem, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        const peer = (request.socket as TLSSocket).getPeerX509Certificate();
        assert.ok(peer !== undefined);
        const outcome = new MtlsMechanism({ source: 'tls' }).identify({
          headers: {},
          certificate: describeCertificate(peer),
        });
        response.end(JSON.stringify(outcome));
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const [response] = await once(
        get({ port, host: '127.0.0.1', key, cert: pem, ca: pem, agent: false }),
        'response',
      );
      let text = '';
      for await (const chunk of response) text += chunk;
      const identity = JSON.parse(text) as Identity;
      assert.equal(identity.subject, 'spiffe://shop/orders');
      assert.equal(identity.kind, 'mtls');
      assert.equal(identity.credentialId, certificate.serialNumber);
      const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
      assert.deepEqual(identity.claims.cnf, { 'x5t#S256': thumbprint });
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('come from a trusted proxy by RFC 9440, and from nobody else', () => {
    const mechanism = new MtlsMechanism({ source: 'client-cert' });
    const header = { 'client-cert': `:${certificate.raw.toString('base64')}:` };
    assert.equal((identify(mechanism, header) as Identity).subject, 'spiffe://shop/orders');
    assert.equal(identify(mechanism, header, false), null);
    assert.equal(identify(mechanism, {}), null);
    for (const bad of ['', ':', '::', ':!!:', ':AAAA:', certificate.raw.toString('base64'), `:${pem}:`]) {
      assert.equal(parseClientCert(bad), undefined, bad);
    }
  });

  it('read names with commas as one name', () => {
    const { subject, alternativeNames } = describeCertificate(certificate);
    assert.match(subject, /^CN=orders,/);
    assert.deepEqual(alternativeNames, [
      'URI:spiffe://shop/orders',
      'DNS:orders.shop',
      'DNS:localhost',
      'IP:127.0.0.1',
      'email:ops@shop.example',
    ]);
  });

  it('give the subject that the config prefers and what the grant of it allows', () => {
    const header = { 'client-cert': `:${certificate.raw.toString('base64')}:` };
    const subjectOf = (subject: 'dns' | 'email' | 'common_name' | 'uri') =>
      (identify(new MtlsMechanism({ source: 'client-cert', subjects: [subject] }), header) as Identity).subject;
    assert.deepEqual(
      ['dns', 'email', 'common_name', 'uri'].map((kind) => subjectOf(kind as 'dns')),
      ['orders.shop', 'ops@shop.example', 'orders', 'spiffe://shop/orders'],
    );
    const granted = new MtlsMechanism({
      source: 'client-cert',
      grants: [
        { match: 'spiffe://shop/pay*', roles: ['pay'] },
        { match: 'spiffe://shop/*', scopes: ['read'], tier: 'gold' },
      ],
    });
    const identity = identify(granted, header) as Identity;
    assert.deepEqual([identity.scopes, identity.roles, identity.tier], [['read'], [], 'gold']);
    const strangers = new MtlsMechanism({ source: 'client-cert', grants: [{ match: 'spiffe://bank/*' }] });
    assert.ok(identify(strangers, header) instanceof Refusal);
  });

  it('are refused after their end', () => {
    const mechanism = new MtlsMechanism({ source: 'client-cert', now: () => Date.parse(certificate.validTo) });
    assert.ok(identify(mechanism, { 'client-cert': `:${certificate.raw.toString('base64')}:` }) instanceof Refusal);
  });

  it('come in the form of Envoy: quotes, several names, and of several elements the nearest', () => {
    const one = parseXfcc(
      'By=spiffe://shop/gw;Hash=ABCD;Subject="CN=a\\"b,O=x;y";URI=spiffe://shop/a;DNS=a.shop;DNS=b.shop',
    );
    assert.deepEqual(one, {
      subject: 'CN=a"b,O=x;y',
      serialNumber: '',
      fingerprint256: 'abcd',
      alternativeNames: ['URI:spiffe://shop/a', 'DNS:a.shop', 'DNS:b.shop'],
      notAfterMs: Number.POSITIVE_INFINITY,
    });
    assert.deepEqual(parseXfcc('Hash=1;URI=spiffe://evil/x,Hash=2;URI=spiffe://shop/a')?.alternativeNames, [
      'URI:spiffe://shop/a',
    ]);
    for (const bad of ['', ',', 'nonsense', 'By=spiffe://shop/gw', ';', 'URI'])
      assert.equal(parseXfcc(bad), undefined, bad);
    const two = new MtlsMechanism({ source: 'xfcc', subjects: ['spiffe'] });
    const outcome = identify(two, { 'x-forwarded-client-cert': 'URI=spiffe://shop/a;URI=spiffe://shop/b' });
    assert.ok(outcome instanceof Refusal, 'two URI names are no SPIFFE id');
  });
});
