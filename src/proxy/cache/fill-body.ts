import { Readable } from 'node:stream';
import type { HeldBytes } from './held-bytes.ts';

/** Why a body is not kept: it is larger than entries may be, there is no room for now, or it has ended before its end. */
export type FillLoss = 'too_large' | 'no_room' | 'broken';

export interface FillBodyOptions {
  /** Larger bodies are not kept. */
  readonly maxBytes: number;
  /** Where there is no room the body is not kept. */
  readonly held: HeldBytes;
  /** All of it is here. */
  readonly onWhole: (body: Buffer) => void;
  /** It will not be kept. */
  readonly onLost: (why: FillLoss) => void;
  /** Whether it is wanted though its reader has gone. */
  readonly isWanted: () => boolean;
}

/**
 * A body on its way to its reader, of which a copy is taken. While the copy is taken it comes at the pace of the upstream, since others
 * may wait for it; what the reader has not taken yet is held, at most `maxBytes` and as far as there is room. A body that is not to be
 * kept goes on at the reader's pace.
 */
export class FillBody extends Readable {
  readonly #source: Readable;
  readonly #options: FillBodyOptions;
  #chunks: Buffer[] | undefined = [];
  #bytes = 0;
  /** Bytes that it has room for. */
  #heldBytes = 0;
  #isOver = false;

  constructor(source: Readable, options: FillBodyOptions) {
    super();
    this.#source = source;
    this.#options = options;
    // Who reads hears of an error by `error`; where nobody reads any more nobody needs to.
    this.on('error', () => {});
    source
      .on('data', (chunk: Buffer) => this.#take(chunk))
      .on('end', () => this.#finish())
      .on('error', (error: Error) => this.#break(error))
      .on('close', () => this.#break(new Error('The body ended early')));
  }

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#isOver && (this.#chunks === undefined || !this.#options.isWanted())) {
      this.#lose('broken');
      this.#isOver = true;
      this.#source.destroy();
    }
    if (this.#isOver) this.#giveRoomBack();
    callback(error);
  }

  #take(chunk: Buffer): void {
    if (this.#chunks !== undefined) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#options.maxBytes) this.#lose('too_large');
      else if (!this.#options.held.tryHold(chunk.length)) this.#lose('no_room');
      else {
        this.#heldBytes += chunk.length;
        this.#chunks.push(chunk);
      }
    }
    const isTaken = this.destroyed || this.push(chunk);
    if (this.#chunks !== undefined) return;
    if (this.destroyed) this.#source.destroy();
    else if (!isTaken) this.#source.pause();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#chunks !== undefined) this.#options.onWhole(joinChunks(this.#chunks, this.#bytes));
    this.#chunks = undefined;
    if (this.destroyed) this.#giveRoomBack();
    else this.push(null);
  }

  #break(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lose('broken');
    if (this.destroyed) this.#giveRoomBack();
    else this.destroy(error);
  }

  /** Once neither the store nor the reader waits for any of it. */
  #giveRoomBack(): void {
    this.#options.held.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #lose(why: FillLoss): void {
    if (this.#chunks === undefined) return;
    this.#chunks = undefined;
    this.#options.onLost(why);
  }
}

/** In memory of their own: a part of a larger piece would keep all of that piece. */
export function joinChunks(chunks: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
