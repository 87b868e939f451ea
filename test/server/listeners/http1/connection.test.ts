import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { it } from 'node:test';
import { Http1Connection } from '../../../../src/server/listeners/http1/connection.ts';

it('what a handler throws is not taken for a fault of the client', () => {
  const socket = new Socket();
  const queue = { add() {}, remove() {} };
  const refused: unknown[] = [];
  new Http1Connection(socket, {
    maxHeadersSizeBytes: 1_024,
    headersTimeoutMs: 1_000,
    keepAliveTimeoutMs: 1_000,
    keepAliveLines: '',
    heads: queue,
    idles: queue,
    isUpgrade: () => false,
    onRequest() {
      throw new Error('boom');
    },
    onUpgrade() {},
    onRefused: (_, error) => refused.push(error),
    onBadBody: (_, error) => refused.push(error),
  });
  assert.throws(() => socket.emit('data', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')), /^Error: boom$/);
  assert.deepEqual(refused, []);
  assert.ok(socket.destroyed);
});
