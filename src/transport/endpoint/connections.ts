import type { Duplex, Readable } from 'node:stream';
import type { WireRequest } from './wire-request.ts';

/** A request as it goes to an endpoint. */
export interface OutgoingRequest {
  readonly method: string;
  /** Request target in origin form: path and query (RFC 9112 §3.2.1). */
  readonly target: string;
  /** Name, value, name, value; without the fields of the connection, which it writes itself. */
  readonly headers: readonly string[];
  readonly body: Readable | Buffer | string | null;
  /** Whether it does no harm to send it a second time, and can be done; a body that streams can't. */
  readonly isRepeatable: boolean;
  /** The protocol to change to (RFC 9110 §7.8). */
  readonly upgrade?: string;
  /** `Expect: 100-continue` goes out with the head, and the streamed body only when {@link WireRequest.sendBody} is called. */
  readonly expectsContinue?: boolean;
}

/** Hears what becomes of a request. Told exactly once of its end: by `onEnd`, `onUpgrade` or `onError`. */
export interface AnswerHandler {
  /** The next byte of the request leaves. */
  onStart(): void;
  /** A 1xx answer but 101. */
  onInformational(status: number, headers: readonly string[]): void;
  /** @param headers Name, value, name, value; as sent. */
  onHead(status: number, statusText: string, headers: readonly string[]): void;
  onData(chunk: Buffer): void;
  onEnd(trailers: readonly string[]): void;
  onUpgrade(headers: readonly string[], socket: Duplex): void;
  /** @param sent Whether the service may have seen any of the request. */
  onError(error: Error, sent: boolean): void;
}

/** Connections to one endpoint, whatever protocol they speak. */
export interface Connections {
  /** The handler may hear of an error before this returns. */
  dispatch(request: WireRequest): void;
  /** Waits for running requests. */
  close(): Promise<void>;
}
