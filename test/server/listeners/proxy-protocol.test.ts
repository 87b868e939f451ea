import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { describe, it, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { readProxyHeader } from '../../../src/server/listeners/proxy-protocol.ts';
import { Certificates } from '../../transport/certificates.ts';
import { proxyHeader } from './proxy-header.ts';
import { dial, GET, readText, recording, serve } from './serve.ts';

const LISTENER = { name: 'web', port: 0, proxy_protocol: { trusted: ['127.0.0.1'], timeout: '100ms' } };

describe('a header of the PROXY protocol', () => {
  it('says the address and port of the client', () => {
    for (const [family, address, port] of [
      [0x11, '203.0.113.7', 51_000],
      [0x21, '2001:db8::7', 51_000],
      [0x21, '::1', 1],
      [0x31, '', 0],
    ] as const) {
      const header = readProxyHeader(proxyHeader({ family, address, port }));
      assert.deepEqual(header.kind === 'proxied' && { address: header.address, port: header.port }, { address, port });
    }
  });

  it('names an IPv4 client in one way, however it comes', () => {
    const header = readProxyHeader(proxyHeader({ family: 0x21, address: '::ffff:cb00:7107', port: 1 }));
    assert.equal(header.kind === 'proxied' && header.address, '203.0.113.7');
  });

  it('leaves the addresses of the connection where the balancer speaks for itself, or of a family it does not know', () => {
    assert.deepEqual(
      readProxyHeader(proxyHeader({ command: 0x20, family: 0x11, address: '203.0.113.7' })).kind,
      'local',
    );
    assert.deepEqual(readProxyHeader(proxyHeader({ family: 0x00 })), { kind: 'local', length: 16 });
  });

  it('may have additional fields, which end where it ends', () => {
    const fields = Buffer.from([0x01, 0, 2, 0x68, 0x32, 0x04, 0, 1, 0]);
    assert.equal(readProxyHeader(proxyHeader({ family: 0x11, address: '203.0.113.7', fields })).kind, 'proxied');
    for (const bad of [[0x01], [0x01, 0], [0x01, 0, 9, 0], [0x01, 0xff, 0xff]]) {
      const header = proxyHeader({ family: 0x11, address: '203.0.113.7', fields: Buffer.from(bad) });
      assert.equal(readProxyHeader(header).kind, 'invalid', String(bad));
    }
  });

  it('is refused where it is of version 1, of another command or family, or too short for its addresses', () => {
    const bad = [
      Buffer.from('PROXY TCP4 203.0.113.7 10.0.0.1 51000 443\r\n'),
      Buffer.from('PROXY'),
      Buffer.from('GET / HTTP/1.1\r\n'),
      proxyHeader({ command: 0x22, family: 0x11 }),
      proxyHeader({ command: 0x11, family: 0x11 }),
      proxyHeader({ family: 0x12, address: '203.0.113.7' }),
      proxyHeader({ family: 0x41 }),
      proxyHeader({ family: 0x11 }),
      proxyHeader({ family: 0x21, payload: Buffer.alloc(35) }),
    ];
    for (const bytes of bad) assert.equal(readProxyHeader(bytes).kind, 'invalid', bytes.toString('latin1'));
  });

  it('is the same whole as it is in parts, and never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .record({
          command: fc.constantFrom(0x20, 0x21, 0x2f),
          family: fc.constantFrom(0x00, 0x11, 0x21, 0x31, 0x12, 0xff),
          payload: fc.uint8Array({ maxLength: 240 }),
        })
        .map(({ payload, ...rest }) => proxyHeader({ ...rest, payload: Buffer.from(payload) })),
    );
    fc.assert(
      fc.property(bytes, fc.nat(), (all, cut) => {
        const whole = readProxyHeader(Buffer.from(all));
        const part = readProxyHeader(Buffer.from(all).subarray(0, cut % (all.length + 1)));
        if (part.kind !== 'incomplete') assert.deepEqual(part, whole);
        if (whole.kind === 'proxied') assert.ok(whole.length <= all.length && !isIPv6(`${whole.address}%`));
      }),
    );
  });
});

test('a trusted balancer tells where its clients come from', async (t) => {
  const requests: string[] = [];
  const { port } = await serve(t, { listeners: [LISTENER] }, { request: recording(requests) });
  const socket = dial(t, port());
  // In three parts, and the last one with the beginning of the request.
  const bytes = Buffer.concat([proxyHeader({ family: 0x11, address: '203.0.113.7', port: 5 }), Buffer.from(GET)]);
  for (const [from, to] of [
    [0, 5],
    [5, 20],
    [20, 40],
    [40, undefined],
  ] as const) {
    socket.write(bytes.subarray(from, to));
    await new Promise(setImmediate);
  }
  assert.match(await readText(socket), /^HTTP\/1\.1 200 OK[\s\S]*203\.0\.113\.7$/);
});

test('through TLS too', async (t) => {
  const certificates = new Certificates(t);
  certificates.issue('web', 'DNS:shop.test');
  const tls = { cert: certificates.path('web.pem'), key: certificates.path('web.key') };
  const { port } = await serve(t, { listeners: [{ ...LISTENER, tls }] }, { request: recording([]) });
  const below = dial(t, port());
  below.write(proxyHeader({ family: 0x21, address: '2001:db8::9', port: 5 }));
  const ca = readFileSync(certificates.path('ca.pem'));
  const socket = connectTls({ socket: below, ca, servername: 'shop.test' });
  await once(socket, 'secureConnect');
  socket.write(GET);
  assert.match(await readText(socket), /2001:db8::9$/);
});

test('a trusted balancer without a header, with a broken one or a late one is cut', async (t) => {
  const requests: string[] = [];
  const { port, events } = await serve(t, { listeners: [LISTENER] }, { request: recording(requests) });
  const broken = proxyHeader({ family: 0x11 });
  for (const bytes of [
    Buffer.from(GET),
    Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n'),
    broken,
    broken.subarray(0, 9),
  ]) {
    const socket = dial(t, port());
    socket.write(bytes);
    assert.equal(await readText(socket), '');
  }
  assert.deepEqual(requests, []);
  assert.deepEqual(
    events.map((event) => event.type === 'connection_refused' && event.detail),
    ['no header', 'version 1 of the protocol', 'addresses are cut short', 'it did not come in time'],
  );
});

test('others speak for themselves, and a header of theirs is a malformed request', async (t) => {
  const requests: string[] = [];
  const listener = { ...LISTENER, proxy_protocol: { trusted: ['192.0.2.1'] } };
  const { port } = await serve(t, { listeners: [listener] }, { request: recording(requests) });
  const plain = dial(t, port());
  plain.write(GET);
  assert.match(await readText(plain), /127\.0\.0\.1$/);
  const liar = dial(t, port());
  liar.write(Buffer.concat([proxyHeader({ family: 0x11, address: '203.0.113.7' }), Buffer.from(GET)]));
  assert.match(await readText(liar), /^HTTP\/1\.1 400 Bad Request/);
  assert.deepEqual(requests, ['GET /']);
});
