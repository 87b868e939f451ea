import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { findFreePort } from '../../free-port.ts';
import { serve, type WrittenServer } from './serve.ts';

const CONNECTIONS = 200;

describe('a shared port', { skip: process.platform !== 'linux' && 'the system spreads connections on Linux' }, () => {
  const listening = (port: number, reuse_port: boolean): WrittenServer => ({
    listeners: [{ name: 'web', port, reuse_port }],
  });
  const naming =
    (name: string): http.RequestListener =>
    (_, response) =>
      void response.end(name);

  it('gives each process its part of the connections, and all to the one that stays', async (t) => {
    const port = await findFreePort();
    const one = await serve(t, listening(port, true), { request: naming('one') });
    await serve(t, listening(port, true), { request: naming('other') });
    const counts = await countAnswers(port);
    assert.deepEqual([...counts.keys()].sort(), ['one', 'other']);
    await one.listeners.close();
    assert.deepEqual([...(await countAnswers(port))], [['other', CONNECTIONS]]);
  });

  it('is one that all of them share', async (t) => {
    const port = await findFreePort();
    await serve(t, listening(port, true), { request: naming('one') });
    const other = serve(t, listening(port, false), { request: naming('other') });
    await assert.rejects(other, /Cannot open the listener "web" on 127\.0\.0\.1:\d+: EADDRINUSE/);
  });
});

/** Asks on new connections. @returns how often who answered. */
async function countAnswers(port: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let n = 0; n < CONNECTIONS; n++) {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    http
      .get({ port, agent: false }, (response) => void response.setEncoding('utf8').on('data', resolve))
      .on('error', reject);
    const name = await promise;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
