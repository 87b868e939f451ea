/**
 * Bytes of answers that are on their way into the store, of all routes together. They come faster than slow clients read, so that they are
 * bounded as what is kept is.
 */
export class HeldBytes {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns whether there is room; where there is none, nothing is held. */
  tryHold(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
