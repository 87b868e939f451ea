import type { AnswerHandler, OutgoingRequest } from './connections.ts';

/** Who has a request in hand: a queue, then a connection. */
export interface Holder {
  /** The request is given up. */
  drop(request: WireRequest): void;
  pause(request: WireRequest): void;
  resume(request: WireRequest): void;
  /** Absent: it holds no body back. */
  sendBody?(request: WireRequest): void;
}

/** A request that waits for a connection, runs on one, or is over. */
export class WireRequest {
  readonly outgoing: OutgoingRequest;
  readonly handler: AnswerHandler;
  /** `undefined`: it is over, and nothing is told of it any more. */
  holder: Holder | undefined;
  /** It met a connection that the service had let go of, and was sent again. */
  isResent = false;

  constructor(outgoing: OutgoingRequest, handler: AnswerHandler) {
    this.outgoing = outgoing;
    this.handler = handler;
  }

  /** Gives it up, wherever it is. */
  abort(): void {
    const { holder } = this;
    this.holder = undefined;
    holder?.drop(this);
  }

  pause(): void {
    this.holder?.pause(this);
  }

  resume(): void {
    this.holder?.resume(this);
  }

  /** Lets the body go out that was held back (RFC 9110 §10.1.1); the second time it does nothing. */
  sendBody(): void {
    this.holder?.sendBody?.(this);
  }

  fail(error: Error, sent: boolean): void {
    if (this.holder === undefined) return;
    this.holder = undefined;
    this.handler.onError(error, sent);
  }
}
