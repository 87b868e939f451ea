import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeBody } from '../../../src/proxy/body/decode-body.ts';

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
});
