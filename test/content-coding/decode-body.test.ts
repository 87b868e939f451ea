import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  type InputType,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { decodeBody } from '../../src/content-coding/decode-body.ts';

const ENCODERS = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
const coding = fc.constantFrom(...(Object.keys(ENCODERS) as (keyof typeof ENCODERS)[]));

describe('a body with content codings', () => {
  it('comes back whole within the limit, and not at all beyond it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
        fc.array(coding, { minLength: 1, maxLength: 2 }),
        async (bytes, codings) => {
          const encoded = codings.reduce<Buffer>((body, name) => ENCODERS[name](body), Buffer.from(bytes));
          const names = codings.join(' , ').toUpperCase();
          const roomy = await decodeBody(encoded, names, 4_000);
          assert.ok(roomy instanceof Buffer && roomy.equals(bytes));
          if (bytes.length > 1) assert.equal(await decodeBody(encoded, names, bytes.length - 1), 'too_large');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('that are unknown, too many or not those of the body is not decoded', async () => {
    const body = Buffer.from('{}');
    assert.equal(await decodeBody(body, 'snappy', 10), 'unknown_coding');
    assert.equal(await decodeBody(body, 'gzip, br, zstd', 10), 'unknown_coding');
    for (const name of Object.keys(ENCODERS)) assert.equal(await decodeBody(body, name, 10), 'malformed', name);
    assert.equal(await decodeBody(gzipSync(body).subarray(0, 12), 'gzip', 10), 'malformed');
    assert.equal(await decodeBody(body, 'identity', 10), body);
    assert.equal(await decodeBody(body, '', 10), body);
  });

  it('that have nothing in them have none', async () => {
    const empty = Buffer.alloc(0);
    for (const name of Object.keys(ENCODERS)) assert.equal(await decodeBody(empty, name, 10), empty, name);
    assert.equal(await decodeBody(empty, 'snappy', 10), 'unknown_coding');
  });

  it('ends where its coding ends', async () => {
    for (const [name, encode] of Object.entries(ENCODERS) as [string, (body: InputType) => Buffer][]) {
      const encoded = encode(Buffer.from('{}'));
      for (const more of ['{}', '\0', 'x'.repeat(100_000)]) {
        const behind = Buffer.concat([encoded, Buffer.from(more)]);
        assert.equal(await decodeBody(behind, name, 1_000), 'malformed', name);
      }
      for (let length = 1; length < encoded.length; length += 1) {
        assert.equal(await decodeBody(encoded.subarray(0, length), name, 1_000), 'malformed', `${name} ${length}`);
      }
    }
    // RFC 1952 §2.2 and RFC 8878 §3.1: members and frames may follow each other.
    for (const [name, encode] of [
      ['gzip', gzipSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      const members = Buffer.concat([encode('ab'), encode('cd')]);
      assert.deepEqual(await decodeBody(members, name, 4), Buffer.from('abcd'));
      assert.equal(await decodeBody(members, name, 3), 'too_large');
    }
  });

  it('deflate is read with and without its wrapper', async () => {
    for (const encode of [deflateSync, deflateRawSync]) {
      assert.deepEqual(await decodeBody(encode('{"a":1}'), 'deflate', 100), Buffer.from('{"a":1}'));
    }
  });

  it('that would become very large is given up early', async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    for (const [name, encode] of [
      ['gzip', gzipSync],
      ['br', (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
      ['zstd', zstdCompressSync],
    ] as const) {
      const bomb = encode(zeros);
      assert.ok(bomb.length < 100_000);
      const before = process.memoryUsage().arrayBuffers;
      assert.equal(await decodeBody(bomb, name, 64 * 1024), 'too_large');
      assert.equal(await decodeBody(gzipSync(bomb), `${name}, gzip`, 1024 * 1024), 'too_large');
      assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024, name);
    }
  });

  it('zstd may not ask for more memory than 8 MiB', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024, 'abc');
    const windowLog = (log: number) => zstdCompressSync(body, { params: { [constants.ZSTD_c_windowLog]: log } });
    assert.deepEqual(await decodeBody(windowLog(23), 'zstd', body.length), body);
    assert.equal(await decodeBody(windowLog(24), 'zstd', body.length), 'malformed');
  });
});
