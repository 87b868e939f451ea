import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Http1RequestHead } from './request-head.ts';

/** The connection that a request came by. */
export interface RequestSource {
  readonly socket: Socket;
  /** The body is wanted. */
  onWanted(): void;
  /** The rest of the body is not. */
  onAbandoned(): void;
}

/** A request in the form of node:http's `IncomingMessage`, as far as those who handle requests make use of it. */
export class Http1Request extends Readable {
  readonly method: string;
  /** The target; `findBreach` brings it into origin-form. */
  url: string;
  readonly httpVersion: string;
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor: number;
  readonly rawHeaders: string[];
  readonly headers: IncomingHttpHeaders;
  rawTrailers: string[] = [];
  readonly socket: Socket;
  /** Whether all of it has come. */
  complete: boolean;
  readonly #source: RequestSource;

  constructor(head: Http1RequestHead, source: RequestSource) {
    super();
    this.method = head.method;
    this.url = head.target;
    this.httpVersion = head.minor === 1 ? '1.1' : '1.0';
    this.httpVersionMinor = head.minor;
    this.rawHeaders = head.fields;
    this.headers = head.headers;
    this.complete = head.framing === 0;
    this.socket = source.socket;
    this.#source = source;
  }

  override _read(): void {
    if (this.complete) this.push(null);
    else this.#source.onWanted();
  }

  /** Without its end it leaves the connection in the middle of a message: of no use to anybody. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) this.#source.onAbandoned();
    // It breaks off whether somebody reads it or not.
    callback(this.listenerCount('error') > 0 ? error : null);
  }

  onComplete(trailers: string[]): void {
    this.complete = true;
    this.rawTrailers = trailers;
    this.push(null);
  }

  /** The connection is gone before its end. */
  breakOff(): void {
    if (this.complete || this.destroyed) return;
    const error: NodeJS.ErrnoException = new Error('aborted');
    error.code = 'ECONNRESET';
    this.destroy(error);
  }
}
