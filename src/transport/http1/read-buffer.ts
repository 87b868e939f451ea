/** As much as is read at once. */
const READ_BYTES = 64 * 1024;
/** What is left of a buffer is used up to this. */
const FEWEST_BYTES = 16 * 1024;
/** Where less is to come, copying it is cheaper than memory of its own. */
const WORTH_OWNING_BYTES = 16 * 1024;

/**
 * Heads and short bodies of all connections are read into one buffer, and bodies copied out of it: reading is synchronous.
 * Nothing is allocated for a read, and a small body does not hold on to a large buffer.
 */
const SHARED: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Where a connection reads to: the shared buffer, or for long bodies its own, of which parts are handed on uncopied. */
export class ReadBuffer {
  #current: Buffer = SHARED;

  isOwned(buffer: Uint8Array): buffer is Buffer {
    return buffer !== SHARED;
  }

  /** To read to first. */
  get first(): Buffer {
    return SHARED;
  }

  /**
   * @param used How much of the current buffer was read to.
   * @param expected Bytes that are still to come.
   * @returns The buffer to read to next; `undefined`: the same.
   */
  next(used: number, expected: number): Buffer | undefined {
    const before = this.#current;
    if (expected < WORTH_OWNING_BYTES) this.#current = SHARED;
    else if (before === SHARED || before.length - used < FEWEST_BYTES)
      this.#current = Buffer.allocUnsafeSlow(READ_BYTES);
    else this.#current = before.subarray(used);
    return this.#current === before ? undefined : this.#current;
  }
}
