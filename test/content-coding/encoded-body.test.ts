import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib';
import fc from 'fast-check';
import type { Coding } from '../../src/content-coding/coding.ts';
import { decodeBody } from '../../src/content-coding/decode-body.ts';
import { encodeBody } from '../../src/content-coding/encode-body.ts';
import { EncodedBody } from '../../src/content-coding/encoded-body.ts';
import { readShortBody } from '../../src/content-coding/read-short-body.ts';

const CODINGS: readonly Coding[] = ['zstd', 'br', 'gzip'];
const DECODERS = { zstd: createZstdDecompress, br: createBrotliDecompress, gzip: createGunzip };

function encode(source: Readable, coding: Coding, onEnd: (bytesIn: number, bytesOut: number) => void = () => {}) {
  return new EncodedBody({ source, coding, level: 3, onEnd });
}

describe('an encoded body', { timeout: 20_000 }, () => {
  it('is the body when decoded, in whatever pieces it comes', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 70_000 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 4 }), fc.constantFrom(...CODINGS), async (chunks, coding) => {
        const counts: number[] = [];
        const encoded = await buffer(encode(Readable.from(chunks), coding, (...all) => counts.push(...all)));
        const whole = Buffer.concat(chunks);
        assert.deepEqual(await decodeBody(encoded, coding, 1e6), whole);
        assert.deepEqual(counts, [whole.length, encoded.length]);
        const atOnce = await encodeBody(whole, coding, 3);
        assert.deepEqual(await decodeBody(atOnce, coding, 1e6), whole);
      }),
      { numRuns: 30 },
    );
  });

  for (const coding of CODINGS) {
    it(`in ${coding} is out as far as the source went before it paused`, async () => {
      const source = new PassThrough();
      const decoded = encode(source, coding).pipe(DECODERS[coding]());
      for (const text of ['first', 'second'.repeat(3_000), 'third']) {
        source.write(text);
        let seen = '';
        while (seen.length < text.length) {
          const [chunk] = (await once(decoded, 'data')) as [Buffer];
          seen += chunk.toString();
        }
        assert.equal(seen, text);
      }
      source.end();
      await once(decoded, 'end');
    });

    it(`in ${coding} is out soon where the source never pauses`, async () => {
      const source = new PassThrough();
      const decoded = encode(source, coding).pipe(DECODERS[coding]());
      let outs = 0;
      decoded.on('data', () => {
        outs += 1;
      });
      const startedMs = performance.now();
      for (let lastMs = 0; outs < 6 && performance.now() - startedMs < 900; ) {
        if (performance.now() - lastMs >= 0.3) {
          lastMs = performance.now();
          source.write(`line ${lastMs}\n`);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      source.destroy();
      assert.equal(outs, 6);
    });

    it(`in ${coding} stops the source while nobody reads`, async () => {
      let given = 0;
      const source = new Readable({
        read() {
          given += 1;
          this.push(Buffer.from(Array.from({ length: 16_384 }, () => Math.random() * 256)));
        },
      });
      const body = encode(source, coding);
      body.read(0);
      // Encoders keep up to two windows of half a MiB.
      for (let before = -1; before !== given; ) {
        before = given;
        await new Promise((resolve) => setTimeout(resolve, 30));
        assert.ok(given < 100, `${given} chunks of 16 KiB`);
      }
      body.destroy();
    });
  }

  it('fails as its source fails, before and after somebody reads', async () => {
    for (const isEarly of [true, false]) {
      const source = new PassThrough();
      const body = encode(source, 'gzip');
      const failure = new Error('gone');
      if (isEarly) source.destroy(failure);
      await new Promise((resolve) => setImmediate(resolve));
      const reading = assert.rejects(buffer(body), failure);
      source.write('x');
      if (!isEarly) setImmediate(() => source.destroy(failure));
      await reading;
    }
  });

  it('fails where its source is cut without a reason', async () => {
    const source = new PassThrough();
    const reading = buffer(encode(source, 'br'));
    source.write('x');
    setImmediate(() => source.destroy());
    await assert.rejects(reading, { code: 'UPSTREAM_BAD_RESPONSE' });
  });

  it('ends its source when its reader leaves, at every moment', async () => {
    for (const moment of ['unread', 'reading', 'flushing'] as const) {
      const source = new PassThrough();
      const body = encode(source, 'zstd');
      source.write('x'.repeat(200_000));
      if (moment !== 'unread') body.resume();
      if (moment === 'flushing') await once(body, 'data');
      body.destroy();
      await once(source, 'close');
      assert.ok(source.destroyed);
    }
  });
});

describe('encoders', { timeout: 20_000 }, () => {
  it('are closed with the bodies that nobody reads to the end', async () => {
    const open = new Set<object>();
    const hook = createHook({
      init(_id, type, _trigger, handle: { close?: () => void }) {
        if (type !== 'ZLIB') return;
        open.add(handle);
        handle.close = function close() {
          open.delete(handle);
          Object.getPrototypeOf(handle).close.call(handle);
        };
      },
    }).enable();
    for (let count = 0; count < 30; count += 1) {
      const source = new PassThrough();
      const body = encode(source, CODINGS[count % 3] as Coding);
      source.write('x'.repeat(100_000));
      body.resume();
      // Also while another thread works for it.
      if (count % 2 === 0) await once(body, 'data');
      else await new Promise((resolve) => setImmediate(resolve));
      assert.equal(open.size, 1);
      if (count % 5 === 0) source.destroy(new Error('gone'));
      else body.destroy();
      await once(body, 'close').catch(() => {});
      for (let round = 0; round < 1_000 && open.size > 0; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(open.size, 0);
    }
    hook.disable();
  });
});

describe('a short body', { timeout: 10_000 }, () => {
  it('is read whole, and a longer one waits with all of it', async () => {
    assert.deepEqual(await readShortBody(Readable.from([Buffer.from('ab'), Buffer.from('c')]), 4), Buffer.from('abc'));
    const longer = Readable.from([Buffer.from('ab'), Buffer.from('cd'), Buffer.from('ef')]);
    assert.equal(await readShortBody(longer, 4), undefined);
    assert.equal((await buffer(longer)).toString(), 'abcdef');
  });

  it('that pauses is not waited for', async () => {
    const source = new PassThrough();
    source.write('ab');
    assert.equal(await readShortBody(source, 4), undefined);
    source.end('c');
    assert.equal((await buffer(source)).toString(), 'abc');
  });

  it('that trickles is not waited for', async () => {
    const source = new PassThrough();
    const trickle = setInterval(() => source.write('a'), 4);
    await readShortBody(source, 200);
    clearInterval(trickle);
    assert.ok(source.readableLength < 20, String(source.readableLength));
    source.destroy();
  });

  it('that fails or is cut is none', async () => {
    const failing = new PassThrough();
    setImmediate(() => failing.destroy(new Error('gone')));
    await assert.rejects(readShortBody(failing, 4), /gone/);
    const cut = new PassThrough();
    cut.destroy();
    await assert.rejects(readShortBody(cut, 4), { code: 'UPSTREAM_BAD_RESPONSE' });
  });
});
