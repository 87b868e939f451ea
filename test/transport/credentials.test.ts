import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { UpstreamCredentials } from '../../src/edge/forwarding/upstream-credentials.ts';
import { WeirError } from '../../src/errors.ts';
import { POST, reach } from './reach.ts';
import { startServer } from './recording-server.ts';
import { contextOf } from './request-context.ts';

/** Credentials that are `token-1` until they are refused, then `token-2`, and so on; nothing else may say `X-User`. */
function renewable(): UpstreamCredentials {
  let current = 1;
  return {
    owns: (name) => name.toLowerCase().replaceAll('_', '-') === 'x-user',
    headersFor: async () => ({ authorization: `Bearer token-${current}`, 'x-user': 'ada' }),
    refused({ authorization }) {
      if (authorization === `Bearer token-${current}`) current += 1;
      return true;
    },
  };
}

const answerOf = (accepted: string) => (request: { headers: { authorization?: string | undefined } }) =>
  request.headers.authorization === accepted ? 200 : 401;

test('credentials take the place of what callers and rules say, in whatever spelling', async (t) => {
  const server = await startServer(t, (_, response) => response.end('{}'));
  const headers = { send: { 'X-User': 'rule' }, forward: [{ matching: '.*' }] };
  const { upstream } = reach(t, server.url, { headers }, { credentials: renewable() });
  const context = contextOf({ headers: { authorization: 'Bearer client', x_user: 'root', accept: '*/*' } });
  await upstream.send({ ...POST, headers: { 'x-user': 'caller', authorization: 'Basic x' } }, context);
  const pairs = ['X-USER', 'caller', 'Authorization', 'Basic x', 'X_User', 'root', 'X-Kept', '1'];
  const streamed = await upstream.stream({ method: 'GET', path: '', headers: pairs, body: null }, context);
  await text(streamed.body);
  for (const { headers: received } of server.requests) {
    assert.equal(received.authorization, 'Bearer token-1');
    assert.equal(received['x-user'], 'ada');
    assert.equal(received.x_user, undefined);
    assert.equal(received.accept, '*/*');
  }
  assert.equal(server.requests[1]?.headers['x-kept'], '1');
});

test('a 401 is asked again once with other credentials, also for a POST', async (t) => {
  const status = answerOf('Bearer token-2');
  const server = await startServer(t, (request, response) => response.writeHead(status(request)).end('{}'));
  const { upstream } = reach(t, server.url, {}, { credentials: renewable() });
  assert.equal((await upstream.send(POST, contextOf())).status, 200);
  assert.deepEqual(
    server.requests.map(({ headers, body }) => [headers.authorization, body]),
    [
      ['Bearer token-1', '{}'],
      ['Bearer token-2', '{}'],
    ],
  );
});

test('a 401 to other credentials too is the answer', async (t) => {
  const server = await startServer(t, (_, response) => response.writeHead(401).end('no'));
  const { upstream } = reach(t, server.url, {}, { credentials: renewable() });
  const answer = await upstream.send(POST, contextOf());
  assert.deepEqual([answer.status, answer.body, server.requests.length], [401, 'no', 2]);
});

test('a streamed answer of 401 is let go of, and a body that is a stream is not sent twice', async (t) => {
  const status = answerOf('Bearer token-2');
  const server = await startServer(t, (request, response) => response.writeHead(status(request)).end('body'));
  const { upstream } = reach(t, server.url, {}, { credentials: renewable() });
  const stream = { method: 'POST', path: '', headers: [], body: Readable.from(['x']) } as const;
  const once401 = await upstream.stream(stream, contextOf());
  assert.equal(once401.status, 401);
  await text(once401.body);
  const again = await upstream.stream({ ...stream, body: Buffer.from('x') }, contextOf());
  assert.equal(again.status, 200);
  assert.equal(await text(again.body), 'body');
  assert.equal(server.requests.length, 3);
});

test('a handshake for another protocol carries them', async (t) => {
  const server = await startServer(t, (_, response) => response.end());
  server.server.on('upgrade', (request, socket) => {
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\nX-Seen: ${request.headers.authorization}\r\n\r\n`,
    );
  });
  const { upstream } = reach(t, server.url, {}, { credentials: renewable() });
  const answer = await upstream.upgrade({ method: 'GET', path: '', headers: [], protocol: 'echo' }, contextOf());
  assert.ok('socket' in answer);
  answer.socket.resume().end();
  assert.equal(answer.headers[answer.headers.indexOf('X-Seen') + 1], 'Bearer token-1');
  await once(answer.socket, 'close');
});

test('nothing is sent where they cannot be had, or where the client does not wait for them', async (t) => {
  const server = await startServer(t, (_, response) => response.end('{}'));
  const lost = new WeirError('UPSTREAM_UNAVAILABLE', 'Cannot get a credential for "catalog"');
  const failing: UpstreamCredentials = { ...renewable(), headersFor: () => Promise.reject(lost) };
  await assert.rejects(reach(t, server.url, {}, { credentials: failing }).upstream.send(POST, contextOf()), lost);
  const pending = Promise.withResolvers<Record<string, string>>();
  const slow: UpstreamCredentials = { ...renewable(), headersFor: () => pending.promise };
  const leaving = new AbortController();
  const sent = reach(t, server.url, {}, { credentials: slow }).upstream.send(
    POST,
    contextOf({ signal: leaving.signal }),
  );
  leaving.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
  await assert.rejects(sent, { code: 'CLIENT_CLOSED_REQUEST' });
  pending.reject(lost);
  assert.equal(server.requests.length, 0);
});
