import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { hasTrailers, readTrailers } from '../exchange/request-trailers.ts';

/** The body of the request could not be read to its end. */
export class UploadFailed extends Error {
  readonly code = 'UPLOAD_FAILED';
}

/** Writes a streamed body to a connection, at the pace of both: with a length, or in chunks (RFC 9112 §7.1). */
export class Upload {
  readonly #socket: Socket;
  readonly #body: Readable;
  readonly #onFailure: (error: Error) => void;
  #remaining: number;
  #ended = false;

  /**
   * Writes what of the body is there already, together with the head.
   * @param head `''`: it is out.
   * @param contentLength -1: in chunks.
   * @param onFailure The body breaks off, or has another length than it said.
   */
  constructor(socket: Socket, head: string, body: Readable, contentLength: number, onFailure: (error: Error) => void) {
    this.#socket = socket;
    this.#body = body;
    this.#onFailure = onFailure;
    this.#remaining = contentLength;
    socket.cork();
    if (head !== '') socket.write(head, 'latin1');
    // Small uploads often are here as a whole.
    const first: unknown = body.readable ? body.read() : null;
    if (first !== null) this.#onData(first as Buffer | string);
    socket.uncork();
    if (this.#ended) return;
    if (body.readableEnded) {
      this.#onEnd();
    } else if (body.destroyed) {
      this.#fail('The body of the request ended early', body.errored);
    } else {
      body.on('error', this.#onError).on('close', this.#onClose).on('end', this.#onEnd);
      body.on('data', this.#onData);
      socket.on('drain', this.#onDrain);
    }
  }

  /** Whether all of the body is written. */
  get isComplete(): boolean {
    return this.#ended;
  }

  /** Lets go of the body; what is left of it is of no use. */
  stop(): void {
    this.#detach();
    this.#ended = true;
    if (!this.#body.readableEnded && !this.#body.destroyed) this.#body.destroy();
  }

  readonly #onData = (data: Buffer | string): void => {
    const chunk = typeof data === 'string' ? Buffer.from(data) : data;
    if (chunk.length === 0 || this.#ended) return;
    let flows: boolean;
    if (this.#remaining === -1) {
      this.#socket.cork();
      this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      this.#socket.write(chunk);
      flows = this.#socket.write('\r\n', 'latin1');
      this.#socket.uncork();
    } else {
      this.#remaining -= chunk.length;
      if (this.#remaining < 0) {
        this.#fail('The body of the request is longer than its Content-Length');
        return;
      }
      flows = this.#socket.write(chunk);
    }
    if (!flows) this.#body.pause();
  };

  readonly #onDrain = (): void => {
    this.#body.resume();
  };

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    if (this.#remaining > 0) {
      this.#fail('The body of the request is shorter than its Content-Length');
      return;
    }
    if (this.#remaining === -1) this.#socket.write(lastChunk(this.#body), 'latin1');
    this.#ended = true;
    this.#detach();
  };

  readonly #onError = (error: Error): void => {
    this.#fail('The body of the request broke off', error);
  };

  readonly #onClose = (): void => {
    this.#fail('The body of the request ended early');
  };

  #fail(message: string, cause?: Error | null): void {
    if (this.#ended) return;
    this.stop();
    this.#onFailure(new UploadFailed(message, cause ? { cause } : undefined));
  }

  #detach(): void {
    const body = this.#body;
    body.off('close', this.#onClose).off('end', this.#onEnd).off('data', this.#onData);
    this.#socket.off('drain', this.#onDrain);
    // A body that breaks off late, or by our own `destroy`, tells nobody.
    if (!body.readableEnded) body.on('error', ignore);
    body.off('error', this.#onError);
  }
}

/** The end of a body in chunks, with its trailers (RFC 9112 §7.1.2). */
function lastChunk(body: Readable): string {
  let text = '0\r\n';
  if (hasTrailers(body)) {
    const lines = readTrailers(body);
    for (let at = 0; at < lines.length; at += 2) text += `${lines[at]}: ${lines[at + 1]}\r\n`;
  }
  return `${text}\r\n`;
}

const ignore = (): void => {};
