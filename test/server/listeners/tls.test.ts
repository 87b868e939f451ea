import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { describe, it, type TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { tls as tlsSchema } from '../../../src/config/schema/listener.ts';
import { clientCertificateOf } from '../../../src/server/client-certificate.ts';
import type { ListenerEvent } from '../../../src/server/listeners/events.ts';
import { createTlsServer } from '../../../src/server/listeners/tls-server.ts';
import { Certificates } from '../../transport/certificates.ts';
import { dial, dialTls, GET, readText, type Served, serve, type WrittenServer } from './serve.ts';

type WrittenTls = NonNullable<NonNullable<WrittenServer['listeners']>[number]['tls']>;

describe('a TLS listener', () => {
  it('speaks HTTP/2 with clients that choose it, HTTP/1.1 with others, and nothing else', async (t) => {
    const { port, ca } = await serveTls(t);
    for (const [protocols, chosen] of [
      [['h2', 'http/1.1'], 'h2'],
      [['http/1.1'], 'http/1.1'],
      [undefined, false],
    ] as const) {
      const socket = await dialTls(t, port(), {
        ca,
        servername: 'shop.test',
        ...(protocols && { ALPNProtocols: [...protocols] }),
      });
      assert.equal(socket.alpnProtocol, chosen);
      if (chosen === 'h2') continue;
      socket.write(GET);
      assert.match(await readText(socket), /^HTTP\/1\.1 200 OK/);
    }
    await assert.rejects(dialTls(t, port(), { ca, servername: 'shop.test', ALPNProtocols: ['spdy/3'] }));
  });

  it('answers requests of HTTP/2 like those of HTTP/1.1', async (t) => {
    const { port, ca } = await serveTls(t);
    const session = connectHttp2(`https://127.0.0.1:${port()}`, { ca, servername: 'shop.test' });
    t.after(() => session.destroy());
    const stream = session.request({ ':path': '/orders?x=1', ':method': 'POST' });
    stream.end('body');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(headers[':status'], 200);
    stream.resume();
    await once(stream, 'close');
  });

  it('shows the certificate that has the name asked for, the first one where none has', async (t) => {
    const certificates = new Certificates(t);
    for (const [name, names] of [
      ['web', 'DNS:shop.test'],
      ['wild', 'DNS:*.shop.test,DNS:shop.example'],
    ] as const) {
      certificates.issue(name, names);
    }
    const { port, ca } = await serveTls(t, { certificates: [pair(certificates, 'wild')] }, certificates);
    for (const [servername, shown] of [
      ['shop.test', 'web'],
      ['eu.shop.test', 'wild'],
      ['EU.SHOP.TEST', 'wild'],
      ['shop.example', 'wild'],
      ['a.b.shop.test', 'web'],
      ['elsewhere.test', 'web'],
      ['', 'web'],
    ] as const) {
      const socket = await dialTls(t, port(), { ca, servername, checkServerIdentity: () => undefined });
      assert.equal(socket.getPeerCertificate().subject.CN, shown, servername);
    }
  });

  it('speaks no older version of TLS than it may', async (t) => {
    const { port, ca, events } = await serveTls(t, { min_version: 'TLSv1.3' });
    const options = { ca, servername: 'shop.test' };
    await assert.rejects(dialTls(t, port(), { ...options, maxVersion: 'TLSv1.2' }));
    assert.equal((await dialTls(t, port(), options)).getProtocol(), 'TLSv1.3');
    assert.equal(events[0]?.type === 'connection_refused' && events[0].reason, 'handshake');
  });

  it('cuts who does not finish the handshake in time', async (t) => {
    const { port } = await serveTls(t, {}, undefined, { headers_timeout: '100ms' });
    const socket = dial(t, port());
    socket.write(Buffer.from([0x16, 0x03, 0x01]));
    await readText(socket);
  });
});

describe('client certificates', () => {
  const setUp = async (t: TestContext, client_certificates: 'request' | 'require') => {
    const certificates = new Certificates(t);
    certificates.issue('web', 'DNS:shop.test');
    certificates.issue('orders', 'URI:spiffe://shop/orders');
    const strangers = new Certificates(t);
    strangers.issue('orders', 'URI:spiffe://shop/orders');
    const client_ca = certificates.path('ca.pem');
    const served = await serveTls(t, { client_certificates, client_ca }, certificates);
    const ask = async (own?: Certificates, more: ConnectionOptions = {}): Promise<string> => {
      const identity = own && { cert: readFileSync(own.path('orders.pem')), key: readFileSync(own.path('orders.key')) };
      const socket = await dialTls(t, served.port(), { ca: served.ca, servername: 'shop.test', ...identity, ...more });
      socket.write(GET);
      return readText(socket);
    };
    return { ...served, certificates, strangers, ask };
  };

  it('that hold reach the identity, also when a session is resumed', async (t) => {
    const { ask, certificates, port, ca } = await setUp(t, 'request');
    assert.match(await ask(certificates), /URI:spiffe:\/\/shop\/orders$/);
    const identity = {
      cert: readFileSync(certificates.path('orders.pem')),
      key: readFileSync(certificates.path('orders.key')),
    };
    const first = await dialTls(t, port(), { ca, servername: 'shop.test', ...identity });
    const [session] = (await Promise.all([once(first, 'session'), first.write(GET)]))[0] as [Buffer];
    const resumed = await dialTls(t, port(), { ca, servername: 'shop.test', session });
    assert.equal(resumed.isSessionReused(), true);
    resumed.write(GET);
    assert.match(await readText(resumed), /URI:spiffe:\/\/shop\/orders$/);
  });

  it('that do not hold, or are not there, count as none where they are asked for', async (t) => {
    const { ask, strangers } = await setUp(t, 'request');
    assert.match(await ask(), /none$/);
    assert.match(await ask(strangers), /none$/);
  });

  it('that do not hold, or are not there, end the connection where they are required', async (t) => {
    const { ask, strangers, certificates } = await setUp(t, 'require');
    assert.match(await ask(certificates), /orders$/);
    for (const own of [undefined, strangers]) {
      // In TLS 1.3 the client learns of it after its own end of the handshake.
      const answer = await ask(own).catch(() => '');
      assert.equal(answer, '');
    }
  });
});

describe('certificates that change', () => {
  it('are shown without a restart, and former connections go on', async (t) => {
    const certificates = new Certificates(t);
    certificates.issue('web', 'DNS:shop.test');
    certificates.issue('next', 'DNS:shop.test');
    const { port, ca, nextEvent } = await serveTls(t, {}, certificates);
    const options = { ca, servername: 'shop.test' };
    const former = await dialTls(t, port(), options);
    const loaded = nextEvent();
    replace(certificates, 'next');
    assert.equal((await loaded).type, 'certificates_loaded');
    assert.equal((await dialTls(t, port(), options)).getPeerCertificate().subject.CN, 'next');
    former.write(GET);
    assert.match(await readText(former), /^HTTP\/1\.1 200 OK/);
  });

  for (const [what, spoil] of [
    ['is no certificate', (own) => writeFileSync(own.path('web.pem'), 'nothing')],
    ['belongs to another key', (own) => copyFileSync(own.path('next.pem'), own.path('web.pem'))],
    ['is gone', (own) => renameSync(own.path('web.pem'), own.path('elsewhere.pem'))],
  ] as const satisfies readonly (readonly [string, (own: Certificates) => void])[]) {
    it(`are refused where one ${what}; the former ones go on, and what is mended is shown`, async (t) => {
      const certificates = new Certificates(t);
      certificates.issue('web', 'DNS:shop.test');
      certificates.issue('next', 'DNS:shop.test');
      const { port, ca, nextEvent } = await serveTls(t, {}, certificates);
      const shown = async () =>
        (await dialTls(t, port(), { ca, servername: 'shop.test' })).getPeerCertificate().subject.CN;
      const refused = nextEvent();
      spoil(certificates);
      const event = await refused;
      assert.equal(event.type, 'certificates_refused');
      assert.equal(await shown(), 'web');
      const loaded = nextEvent();
      replace(certificates, 'next');
      assert.equal((await loaded).type, 'certificates_loaded');
      assert.equal(await shown(), 'next');
    });
  }

  it('are refused where one has expired and the former has not; at the start they are better than none', async (t) => {
    const certificates = new Certificates(t);
    certificates.issue('web', 'DNS:shop.test');
    certificates.issue('next', 'DNS:shop.test');
    const tls = tlsSchema.parse(pair(certificates, 'web'));
    let nowMs = Date.now();
    const incidents: string[] = [];
    const open = () =>
      createTlsServer({
        tls,
        hasHttp2: false,
        handshakeTimeoutMs: 1_000,
        onIncident: ({ type }) => void incidents.push(type),
        now: () => nowMs,
      });
    const { close } = await open();
    t.after(close);
    nowMs += 2 * 86_400_000;
    replace(certificates, 'next');
    while (incidents.length === 0) await new Promise(setImmediate);
    assert.deepEqual(incidents, ['certificates_refused']);
    (await open()).close();
    assert.equal(incidents.at(-1), 'certificates_expired');
  });

  it('refuses to start with a certificate of another key', async (t) => {
    const certificates = new Certificates(t);
    certificates.issue('web', 'DNS:shop.test');
    certificates.issue('next', 'DNS:shop.test');
    const tls = { cert: certificates.path('web.pem'), key: certificates.path('next.key') };
    await assert.rejects(serveTls(t, tls, certificates), /Cannot use the certificate ".*web\.pem" with its key/);
  });
});

/** A listener for `web.pem`, which is for `shop.test` where the test has not made it. It answers with the client's certificate. */
async function serveTls(
  t: TestContext,
  tls: Partial<WrittenTls> = {},
  certificates?: Certificates,
  more: WrittenServer = {},
): Promise<Served & { ca: Buffer; nextEvent: () => Promise<ListenerEvent> }> {
  const own = certificates ?? new Certificates(t);
  if (certificates === undefined) own.issue('web', 'DNS:shop.test');
  const listener = { name: 'web', port: 0, tls: { ...pair(own, 'web'), ...tls } };
  const served = await serve(
    t,
    { ...more, listeners: [listener] },
    {
      request(request, response) {
        request.resume();
        response.end(clientCertificateOf(request.socket)?.alternativeNames.join() ?? 'none');
      },
    },
  );
  const nextEvent = async (): Promise<ListenerEvent> => {
    const { length } = served.events;
    while (served.events.length === length) await new Promise(setImmediate);
    return served.events.at(-1) as ListenerEvent;
  };
  return { ...served, ca: readFileSync(own.path('ca.pem')), nextEvent };
}

const pair = (own: Certificates, name: string) => ({ cert: own.path(`${name}.pem`), key: own.path(`${name}.key`) });

/** As a tool that renews does: each file in one step, one after the other. */
function replace(own: Certificates, by: string): void {
  for (const end of ['pem', 'key']) renameSync(own.path(`${by}.${end}`), own.path(`web.${end}`));
}
