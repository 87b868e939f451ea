import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import type { AnswerHandler, OutgoingRequest } from '../../../src/transport/endpoint/connections.ts';
import { WireRequest } from '../../../src/transport/endpoint/wire-request.ts';
import { Http1Connection } from '../../../src/transport/http1/http1-connection.ts';
import { writeRequestHead } from '../../../src/transport/http1/request-head.ts';
import { startRaw } from './raw-server.ts';

test('a request whose connection is lost in the turn that it was written in was not sent', async (t) => {
  const received: string[] = [];
  const server = await startRaw(t, (_, data) => received.push(data));
  const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  const connection = new Http1Connection({ onFree() {}, onGone() {}, onStale() {} });
  connection.open(socket, false);
  const outgoing: OutgoingRequest = { method: 'POST', target: '/', headers: [], body: 'abc', isRepeatable: false };
  const failed = Promise.withResolvers<boolean>();
  const handler: AnswerHandler = {
    onStart() {},
    onInformational() {},
    onHead() {},
    onData() {},
    onEnd() {},
    onUpgrade() {},
    onError: (_, sent) => failed.resolve(sent),
  };
  const request = new WireRequest(outgoing, handler);
  connection.run(request, writeRequestHead(outgoing, 'a'));
  socket.destroy(new Error('reset'));
  assert.equal(await failed.promise, false);
  assert.deepEqual(received, []);
});
