import { Readable } from 'node:stream';

/** What is kept of a body that nobody reads yet. */
const MOST_HELD_BYTES = 64 * 1024;

/** Where the body comes from. */
export interface BodySource {
  resume(): void;
  /** The reader wants no more of it. */
  giveUp(): void;
}

/** The body of a streamed answer: a stream only where it is asked for as one, since most bodies come whole with their head. */
export class StreamedBody {
  readonly #source: BodySource;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #isWhole = false;
  #error: Error | undefined;
  #stream: Readable | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  get stream(): Readable {
    if (this.#stream !== undefined) return this.#stream;
    const stream = new Readable({
      read: () => this.#source.resume(),
      destroy: (error, callback) => {
        this.#source.giveUp();
        callback(error);
      },
    });
    this.#stream = stream;
    for (const chunk of this.#chunks) stream.push(chunk);
    this.#chunks = [];
    if (this.#error !== undefined) stream.destroy(this.#error);
    else if (this.#isWhole) stream.push(null);
    return stream;
  }

  /** All of it, where it is here and nobody asked for the stream; to be called instead of {@link stream}. */
  takeWhole(): Buffer | undefined {
    if (!this.#isWhole || this.#stream !== undefined) return undefined;
    const [first] = this.#chunks;
    if (first === undefined) return EMPTY;
    return this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#heldBytes);
  }

  /** @returns Whether more may come now. */
  push(chunk: Buffer): boolean {
    if (this.#stream !== undefined) return this.#stream.push(chunk);
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    return this.#heldBytes < MOST_HELD_BYTES;
  }

  end(): void {
    this.#isWhole = true;
    this.#stream?.push(null);
  }

  /** An incomplete body must not look complete to its reader. */
  fail(error: Error): void {
    this.#error = error;
    if (this.#stream !== undefined && !this.#stream.destroyed) this.#stream.destroy(error);
  }
}

const EMPTY = Buffer.alloc(0);
