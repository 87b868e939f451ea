import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { FillBody, type FillLoss } from '../../../src/proxy/cache/fill-body.ts';
import { HeldBytes } from '../../../src/proxy/cache/held-bytes.ts';
import { startCachedRoute } from './cached-route.ts';

const KEPT: FillLoss | 'kept' = 'kept';

function fill(held: HeldBytes, isWanted = () => false) {
  const source = new PassThrough();
  const outcome = Promise.withResolvers<FillLoss | 'kept'>();
  const onWhole = () => outcome.resolve(KEPT);
  const body = new FillBody(source, { maxBytes: 100, held, onWhole, onLost: outcome.resolve, isWanted });
  return { source, body, outcome: outcome.promise };
}

/** All of it is free again. */
function assertFree(held: HeldBytes, bytes: number): void {
  assert.ok(held.tryHold(bytes));
  held.release(bytes);
}

describe('an answer on its way into the store', { timeout: 30_000 }, () => {
  it('is kept while there is room, and holds it until its reader has it', async () => {
    const held = new HeldBytes(10);
    const { source, body, outcome } = fill(held);
    source.end('0123456789');
    assert.equal(await outcome, KEPT);
    assert.equal(held.tryHold(1), false);
    assert.equal((await buffer(body)).toString(), '0123456789');
    assertFree(held, 10);
  });

  it('is not kept where there is none, and goes to its reader all the same', async () => {
    const held = new HeldBytes(10);
    const { source, body, outcome } = fill(held);
    source.write('01234567');
    source.end('89abcdef');
    assert.equal(await outcome, 'no_room');
    assert.equal((await buffer(body)).toString(), '0123456789abcdef');
    assertFree(held, 10);
  });

  for (const isWanted of [true, false]) {
    for (const ends of [true, false]) {
      it(`lets go of its room when its reader leaves it ${isWanted} wanted, and it ${ends ? 'ends' : 'breaks'}`, async () => {
        const held = new HeldBytes(10);
        const { source, body, outcome } = fill(held, () => isWanted);
        source.write('0123');
        await new Promise((resolve) => setImmediate(resolve));
        body.destroy();
        await once(body, 'close');
        if (ends) source.end('4567');
        else source.destroy();
        assert.equal(await outcome, isWanted && ends ? KEPT : 'broken');
        await new Promise((resolve) => setImmediate(resolve));
        assertFree(held, 10);
      });
    }
  }

  it('takes no more memory than what is kept may take, however many clients do not read', async (t) => {
    const whole = Buffer.alloc(2 ** 20, 'x');
    const sections = { cache: { max_size: '4MiB' }, server: { listeners: [{ name: 'public', port: 0, http2: true }] } };
    const { gateway } = await startCachedRoute(
      t,
      (_, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end(whole),
      { sections },
    );
    const client = http2.connect(gateway.url, { settings: { initialWindowSize: 0 } });
    t.after(() => client.destroy());
    const before = process.memoryUsage().arrayBuffers;
    const streams = Array.from({ length: 60 }, (_, index) => client.request({ ':path': `/${index}` }));
    await Promise.all(streams.map((stream) => once(stream, 'response')));
    let most = 0;
    for (let turns = 0; turns < 300; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.ok(most < 30 * 2 ** 20, String(most));
  });
});
