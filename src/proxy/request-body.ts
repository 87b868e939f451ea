import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';

export interface RequestBodyOptions {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly scope: RequestScope;
  readonly maxBytes: number;
  /** Whether the client waits for an invitation (RFC 9110 §10.1.1). */
  readonly isExpected: boolean;
}

/**
 * The body of a request on its way, at the pace of its reader. It stands between the client's connection and whoever reads, so that
 * one who stops reading does not cut the connection on which the answer goes out. The client is asked to send when
 * somebody wants to read, and not before.
 */
export class RequestBody extends Readable {
  readonly #options: RequestBodyOptions;
  #bytes = 0;
  #isStarted = false;

  constructor(options: RequestBodyOptions) {
    super();
    this.#options = options;
    // Who aborts tells its readers in its own way; nobody else may be listening.
    this.on('error', () => {});
  }

  override _read(): void {
    const { incoming } = this.#options;
    if (this.#isStarted) {
      incoming.resume();
      return;
    }
    this.#isStarted = true;
    const { outgoing, isExpected } = this.#options;
    if (isExpected && !outgoing.headersSent) outgoing.writeContinue();
    incoming.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#isStarted) {
      const { incoming } = this.#options;
      incoming.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose).pause();
    }
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    const { incoming, scope, maxBytes } = this.#options;
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) {
      const error = new WeirError('CONTENT_TOO_LARGE');
      // First: what is under way for the request ends for this reason, and not for a fault of the upstream.
      scope.abort(error);
      this.destroy(error);
    } else if (!this.push(chunk)) incoming.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    if (!this.readableEnded && !this.#options.incoming.readableEnded) {
      this.destroy(new WeirError('CLIENT_CLOSED_REQUEST'));
    }
  };
}
