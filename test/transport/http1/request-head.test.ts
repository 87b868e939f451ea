import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OutgoingRequest } from '../../../src/transport/endpoint/connections.ts';
import { writeRequestHead } from '../../../src/transport/http1/request-head.ts';

const GET: OutgoingRequest = { method: 'GET', target: '/a?b=c', headers: [], body: null, isRepeatable: true };
const write = (request: Partial<OutgoingRequest>) => writeRequestHead({ ...GET, ...request }, 'service.test:81').text;

test('a head has the request line, Host first, the fields as given, and the framing', () => {
  assert.equal(
    write({ headers: ['X-One', '1', 'x-one', '2'] }),
    'GET /a?b=c HTTP/1.1\r\nhost: service.test:81\r\nX-One: 1\r\nx-one: 2\r\nconnection: keep-alive\r\n\r\n',
  );
  assert.match(write({ headers: ['Host', 'other.test'] }), /^GET \S+ HTTP\/1\.1\r\nhost: other\.test\r\nconnection/);
  assert.match(write({ method: 'POST', body: 'ž' }), /\r\ncontent-length: 2\r\n/);
  assert.match(write({ method: 'POST', body: Buffer.alloc(9) }), /\r\ncontent-length: 9\r\n/);
  assert.match(write({ method: 'POST' }), /\r\ncontent-length: 0\r\n/);
  assert.doesNotMatch(write({ method: 'DELETE' }), /content-length/);
  assert.match(write({ body: '' }), /\r\ncontent-length: 0\r\n/);
  assert.match(write({ method: 'POST', body: Readable.from([]) }), /\r\ntransfer-encoding: chunked\r\n/);
  const sized = write({ method: 'POST', body: Readable.from([]), headers: ['Content-Length', '7'] });
  assert.match(sized, /\r\ncontent-length: 7\r\n/);
  assert.doesNotMatch(sized, /transfer-encoding/);
  assert.match(write({ headers: ['te', 'trailers'] }), /\r\nte: trailers\r\nconnection: keep-alive, te\r\n/);
  assert.match(write({ upgrade: 'websocket' }), /\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n$/);
});

test('what contradicts the connection or the body is refused', () => {
  for (const request of [
    { headers: ['Transfer-Encoding', 'chunked'] },
    { headers: ['connection', 'x-user'] },
    { headers: ['Keep-Alive', 'timeout=5'] },
    { headers: ['proxy-connection', 'close'] },
    { headers: ['upgrade', 'h2c'] },
    { headers: ['Expect', '100-continue'] },
    { headers: ['host', 'a', 'Host', 'b'] },
    { headers: ['content-length', '3'] },
    { headers: ['content-length', '3'], body: 'four' },
    { headers: ['content-length', '4', 'content-length', '4'], body: 'four' },
    { headers: ['content-length', '4, 4'], body: Readable.from([]) },
    { headers: ['content-length', '+4'], body: Readable.from([]) },
    { method: 'CONNECT' },
    { method: '' },
    { method: 'GET /evil HTTP/1.1\r\n' },
    { target: '/a b' },
    { target: '/a\r\nevil: 1' },
    { target: 'http://other.test/' },
    { target: '' },
    { target: '/\u010a' },
    { upgrade: 'websocket\r\nevil: 1' },
  ] satisfies Partial<OutgoingRequest>[]) {
    assert.throws(() => write(request), { code: 'INVALID_REQUEST' }, JSON.stringify(request));
  }
});

test('no text in a field can make another line', () => {
  // What becomes CR and LF when only the low byte is written is there as well.
  const text = fc.string({
    unit: fc.constantFrom('a', ':', ' ', '\r', '\n', '\0', '\t', '\x7f', '\u010d', '\u010a', '\u560d', 'é', '(', '"'),
    maxLength: 8,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (fields) => {
      let written: string;
      try {
        written = write({ headers: fields.flat() });
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'INVALID_REQUEST');
        return;
      }
      const bytes = Buffer.from(written, 'latin1').toString('latin1');
      assert.equal(bytes, written);
      assert.deepEqual(
        bytes.split('\r\n').slice(2, -3),
        fields.map(([name, value]) => `${name}: ${value}`),
      );
      assert.ok(!/[\r\n\0]/.test(bytes.replaceAll('\r\n', '')));
    }),
    { numRuns: 2_000 },
  );
});
