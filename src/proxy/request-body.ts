import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { TrailedBody } from '../transport/exchange/request-trailers.ts';
import type { FieldFilter } from './field-filter.ts';
import { mayTrail } from './trailer-fields.ts';

export interface RequestBodyOptions {
  readonly incoming: IncomingMessage;
  readonly scope: RequestScope;
  readonly maxBytes: number;
  /** Whether the client waits to be asked for it (RFC 9110 §10.1.1). */
  readonly awaitsInvitation: boolean;
  /** Says which trailers go on. */
  readonly filter: FieldFilter;
}

/**
 * The body of a request on its way, at the pace of its reader. It stands between the client's connection and whoever reads, so that
 * one who stops reading does not cut the connection on which the answer goes out. Nothing is read before
 * somebody wants it.
 */
export class RequestBody extends Readable implements TrailedBody {
  readonly #options: RequestBodyOptions;
  #bytes = 0;
  #isStarted = false;

  constructor(options: RequestBodyOptions) {
    super();
    this.#options = options;
    // Who aborts tells its readers in its own way; nobody else may be listening.
    this.on('error', () => {});
  }

  /** Whether the client still waits to be asked for it: the first read does that. */
  get awaitsInvitation(): boolean {
    return this.#options.awaitsInvitation && !this.#isStarted;
  }

  trailers(): readonly string[] {
    const { incoming, filter } = this.#options;
    const { rawTrailers } = incoming;
    const kept: string[] = [];
    for (let at = 0; at < rawTrailers.length; at += 2) {
      const name = (rawTrailers[at] as string).toLowerCase();
      if (mayTrail(name) && filter.passesTrailer(name)) kept.push(name, rawTrailers[at + 1] as string);
    }
    return kept;
  }

  override _read(): void {
    const { incoming } = this.#options;
    if (this.#isStarted) {
      incoming.resume();
      return;
    }
    this.#isStarted = true;
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
