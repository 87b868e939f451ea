import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { WeirError } from '../errors.ts';
import type { Coding } from './coding.ts';
import { createEncoder, type Encoder, flushEncoder } from './encoders.ts';

/** Silence of the source after which what it has sent goes out, milliseconds: longer than the gaps within one burst. */
const PAUSE_MS = 2;
/** Longest that what the source has sent is held where it never pauses, milliseconds. */
const LONGEST_HELD_MS = 20;

export interface EncodedBodyOptions {
  readonly source: Readable;
  readonly coding: Coding;
  readonly level: number;
  /** Called once, when all of it is encoded. */
  readonly onEnd: (bytesIn: number, bytesOut: number) => void;
}

/**
 * A body with a content coding, encoded while it comes and at the pace of its reader. What the source has sent goes out when it pauses. It
 * ends only where the source ended; ends of either side end the other, and the encoder with them.
 */
export class EncodedBody extends Readable {
  readonly #options: EncodedBodyOptions;
  #encoder: Encoder | undefined;
  #bytesIn = 0;
  #bytesOut = 0;
  #pause: NodeJS.Timeout | undefined;
  /** Since when something is held that was not flushed; 0: nothing is. */
  #heldSinceMs = 0;

  constructor(options: EncodedBodyOptions) {
    super();
    this.#options = options;
    // A source may fail before anybody reads: who does is told then.
    options.source.on('error', () => {});
    this.on('error', () => {});
  }

  override _read(): void {
    if (this.#encoder !== undefined) {
      this.#encoder.resume();
      return;
    }
    const { source, coding, level } = this.#options;
    if (source.destroyed) {
      this.#onClose();
      return;
    }
    this.#encoder = createEncoder(coding, level)
      .on('data', this.#onEncoded)
      .on('end', this.#onEncodedEnd)
      .on('drain', this.#onDrain)
      .on('error', this.#onError);
    source.on('data', this.#write).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
    source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#pause);
    const { source } = this.#options;
    source.off('data', this.#write).off('end', this.#onEnd).off('close', this.#onClose).destroy();
    this.#encoder?.destroy();
    callback(error);
  }

  readonly #write = (chunk: Buffer): void => {
    this.#bytesIn += chunk.length;
    if (this.#encoder?.write(chunk, this.#onWritten) === false) this.#options.source.pause();
  };

  readonly #onWritten = (): void => {
    if (this.destroyed || this.#encoder?.writableEnded !== false) return;
    const nowMs = performance.now();
    if (this.#heldSinceMs === 0) this.#heldSinceMs = nowMs;
    if (this.#pause === undefined) this.#pause = setTimeout(this.#flush, PAUSE_MS).unref();
    else if (nowMs - this.#heldSinceMs < LONGEST_HELD_MS) this.#pause.refresh();
    else this.#flush();
  };

  readonly #flush = (): void => {
    // What is not yet encoded has its own turn.
    if (this.#encoder?.writableLength === 0 && !this.#encoder.writableEnded) {
      this.#heldSinceMs = 0;
      flushEncoder(this.#encoder, this.#options.coding);
    }
  };

  readonly #onDrain = (): void => {
    this.#options.source.resume();
  };

  readonly #onEnd = (): void => {
    clearTimeout(this.#pause);
    this.#encoder?.end();
  };

  readonly #onEncoded = (chunk: Buffer): void => {
    this.#bytesOut += chunk.length;
    if (!this.push(chunk)) this.#encoder?.pause();
  };

  readonly #onEncodedEnd = (): void => {
    this.#options.onEnd(this.#bytesIn, this.#bytesOut);
    this.push(null);
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    const { source } = this.#options;
    if (source.readableEnded) return;
    this.destroy(source.errored ?? new WeirError('UPSTREAM_BAD_RESPONSE', 'The body ended before its end'));
  };
}
