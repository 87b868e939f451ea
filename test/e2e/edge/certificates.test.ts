import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { Certificates } from '../../transport/certificates.ts';
import { startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

const BODY = '{"query":"{ hello }"}';

describe('client certificates at the gateway', { timeout: 60_000 }, () => {
  let services: RecordingServices;
  before(async () => {
    services = await startRecordingServices();
  });
  after(() => services.close());

  const forward = { headers: { 'X-User': 'subject', 'X-Roles': 'roles' } };
  const grants = [{ match: 'spiffe://shop/batch/*', roles: ['batch'] }];

  it('are an identity over TLS, where their chain and their subject hold', async (t) => {
    services.reset();
    const certificates = new Certificates(t);
    certificates.issue('gateway', 'DNS:localhost,IP:127.0.0.1');
    certificates.issue('batch', 'URI:spiffe://shop/batch/nightly');
    certificates.issue('stranger', 'URI:spiffe://shop/other');
    const foreign = new Certificates(t);
    foreign.issue('batch', 'URI:spiffe://shop/batch/nightly');
    const tls = {
      cert: certificates.path('gateway.pem'),
      key: certificates.path('gateway.key'),
      client_certificates: 'request',
      client_ca: certificates.path('ca.pem'),
    };
    const gateway = await startEdgeGateway(services, {
      main: {
        server: { listeners: [{ name: 'public', port: 0, tls }] },
        auth: { mtls: { grants }, optional: false, forward },
        browsers: { security_headers: { 'Strict-Transport-Security': 'max-age=60' } },
      },
    });
    t.after(() => gateway.close());

    /** Asks with a certificate of a folder; `undefined`: without. */
    const ask = (of?: Certificates, name = 'batch') =>
      new Promise<{ status: number | undefined; hsts: string | undefined }>((resolve, reject) => {
        const shown = of && { cert: readFileSync(of.path(`${name}.pem`)), key: readFileSync(of.path(`${name}.key`)) };
        const message = request(
          {
            ...{
              port: new URL(gateway.origin).port,
              host: 'localhost',
              path: '/graphql',
              method: 'POST',
              agent: false,
            },
            headers: { 'content-type': 'application/json', 'content-length': BODY.length },
            ca: readFileSync(certificates.path('ca.pem')),
            ...shown,
          },
          (answer) => {
            const { statusCode: status, headers } = answer;
            answer.resume().on('end', () => resolve({ status, hsts: headers['strict-transport-security'] }));
          },
        );
        message.on('error', reject).end(BODY);
      });
    assert.deepEqual(await ask(certificates), { status: 200, hsts: 'max-age=60' });
    assert.deepEqual(
      [services.received[0]?.['x-user'], services.received[0]?.['x-roles']],
      ['spiffe://shop/batch/nightly', 'batch'],
    );
    for (const [of, name] of [[undefined], [certificates, 'stranger'], [foreign, 'batch']] as const) {
      assert.equal((await ask(of, name)).status, 401, name ?? 'none');
    }
    assert.equal(services.received.length, 1);
  });

  it('are believed of a trusted proxy, and of nobody else', async (t) => {
    const certificates = new Certificates(t);
    certificates.issue('batch', 'URI:spiffe://shop/batch/nightly');
    const der = new X509Certificate(readFileSync(certificates.path('batch.pem'))).raw.toString('base64');
    const headers = { 'client-cert': `:${der}:` };
    for (const [trusted, status] of [
      [['127.0.0.1'], 200],
      [[], 401],
    ] as const) {
      services.reset();
      const mtls = { source: 'client-cert', grants };
      const gateway = await startEdgeGateway(services, {
        main: { server: { trusted_proxies: trusted }, auth: { mtls, optional: false, forward } },
      });
      t.after(() => gateway.close());
      assert.equal((await gateway.ask('{ hello }', headers)).status, status);
      assert.equal(services.received[0]?.['x-user'], status === 200 ? 'spiffe://shop/batch/nightly' : undefined);
      const expired = `:${Buffer.from('no certificate').toString('base64')}:`;
      assert.equal((await gateway.ask('{ hello }', { 'client-cert': expired })).status, 401);
    }
  });
});
