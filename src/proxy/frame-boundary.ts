/** Longest header of a frame: two bytes, eight of length, four of mask. */
const MAX_HEADER_BYTES = 14;

/** Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) and changes nothing: to know where one may be put between. */
export class FrameBoundary {
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #read = 0;
  #left = 0;
  /** Whether a close frame has passed: nothing may follow it (§5.5.1). */
  hasClosed = false;

  get isHere(): boolean {
    return this.#read === 0 && this.#left === 0;
  }

  pass(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      this.#header[this.#read++] = chunk[at++] as number;
      if (this.#read >= 2 && this.#read === lengthOfHeader(this.#header)) {
        this.#left = lengthOfPayload(this.#header);
        this.#read = 0;
        if (((this.#header[0] as number) & 0x0f) === CLOSE) this.hasClosed = true;
      }
    }
  }
}

const CLOSE = 0x8;

function lengthOfHeader(header: Buffer): number {
  const second = header[1] as number;
  const length = second & 0x7f;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second & 0x80 ? 4 : 0);
}

function lengthOfPayload(header: Buffer): number {
  const length = (header[1] as number) & 0x7f;
  if (length === 126) return header.readUInt16BE(2);
  return length === 127 ? Number(header.readBigUInt64BE(2)) : length;
}

/** @param isMasked frames of clients are (RFC 6455 §5.3); a mask of zeros hides nothing that has to be hidden here. */
export function closeFrame(code: number, isMasked: boolean): Buffer {
  const payload = [code >> 8, code & 0xff];
  return Buffer.from(isMasked ? [0x88, 0x82, 0, 0, 0, 0, ...payload] : [0x88, 2, ...payload]);
}
