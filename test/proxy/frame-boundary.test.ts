import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { closeFrame, FrameBoundary } from '../../src/proxy/frame-boundary.ts';

/** A frame as RFC 6455 §5.2 draws it. */
function frame(opcode: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  if (length < 126) header[1] = mask | length;
  else if (length < 65_536) {
    header[1] = mask | 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = mask | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, Buffer.alloc((isMasked ? 4 : 0) + length, 0x88)]);
}

describe('the boundary between frames', () => {
  it('is where a frame has ended, however the bytes are cut into chunks', () => {
    const frames = fc.array(
      fc.record({
        opcode: fc.constantFrom(0, 1, 2, 9, 10),
        length: fc.oneof(fc.nat(130), fc.constantFrom(65_535, 65_536, 70_000)),
        isMasked: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40_000 })), (sent, sizes) => {
        const parts = sent.map(({ opcode, length, isMasked }) => frame(opcode, length, isMasked));
        const ends = new Set<number>([0]);
        for (const [index] of parts.entries()) ends.add(Buffer.concat(parts.slice(0, index + 1)).length);
        const bytes = Buffer.concat(parts);
        const boundary = new FrameBoundary();
        let at = 0;
        assert.equal(boundary.isHere, true);
        while (at < bytes.length) {
          const { value: size } = sizes.next() as { value: number };
          boundary.pass(bytes.subarray(at, at + size));
          at = Math.min(bytes.length, at + size);
          assert.equal(boundary.isHere, ends.has(at));
        }
        assert.equal(boundary.hasClosed, false);
      }),
      { numRuns: 50 },
    );
  });

  it('knows that a close frame has passed', () => {
    for (const isMasked of [true, false]) {
      const boundary = new FrameBoundary();
      boundary.pass(closeFrame(1001, isMasked));
      assert.equal(boundary.isHere, true);
      assert.equal(boundary.hasClosed, true);
    }
  });
});
