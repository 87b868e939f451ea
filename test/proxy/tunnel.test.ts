import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { it } from 'node:test';
import { Tunnel } from '../../src/proxy/tunnel.ts';

it('a tunnel whose upstream has ended hands a slow client the rest before it closes', async () => {
  const taken: (() => void)[] = [];
  const client = new Duplex({
    read() {},
    write: (_chunk, _encoding, callback) => void taken.push(callback),
  });
  const upstream = new Duplex({
    read() {},
    write: (_chunk, _encoding, callback) => callback(),
  });
  new Tunnel({ client, upstream, idleMs: 60_000, maxMs: Number.POSITIVE_INFINITY });
  upstream.push('the last');
  upstream.push(null);
  upstream.end();
  await once(upstream, 'close');
  assert.equal(client.destroyed, false);
  taken[0]?.();
  await once(client, 'finish');
  client.push(null);
  await once(client, 'close');
});

it('a tunnel whose upstream is cut cuts the client', async () => {
  const idle = () => new Duplex({ read() {}, write: (_chunk, _encoding, callback) => callback() });
  const [client, upstream] = [idle(), idle()];
  new Tunnel({ client, upstream, idleMs: 60_000, maxMs: Number.POSITIVE_INFINITY });
  upstream.destroy();
  await once(client, 'close');
  assert.equal(client.readableEnded, false);
});
