import type { Socket } from 'node:net';
import type { Clock, Timer } from '../clock.ts';
import type { Connections } from '../endpoint/connections.ts';
import type { Holder, WireRequest } from '../endpoint/wire-request.ts';
import { type ConnectionOwner, Http1Connection } from './http1-connection.ts';
import { type RequestHead, writeRequestHead } from './request-head.ts';

/** A way of reading from a socket; see `net.connect`. */
export type OnRead = Http1Connection['onread'];

export interface Http1ConnectionsOptions {
  /** Value of `Host`. */
  readonly host: string;
  /** Most connections. */
  readonly max: number;
  /** How long an idle connection is kept where the service says nothing. */
  readonly keepAliveMs: number;
  /** @param onread `undefined`: the socket is read as a stream. */
  readonly connect: (onread: OnRead | undefined) => Promise<Socket>;
  /** Whether `connect` makes use of `onread`; TLS has no use for it. */
  readonly readsDirectly: boolean;
  readonly clock: Clock;
}

/** The service may close a kept connection while the request is on its way there: it is left alone so much earlier. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** So long do services keep an idle connection of which they say nothing, with few exceptions. */
const UNSAID_KEEP_ALIVE_MS = 4_000;
/** A connection that was dead shows it within a round trip; one that ends later has failed at its request. */
const DEAD_WITHIN_MS = 1_000;

/**
 * HTTP/1.1 connections to one endpoint (RFC 9112): the one that was used last takes the next request, so that those which
 * are not needed expire. Where all are busy and there may be no more, requests wait in their order.
 *
 * Of a connection that has rested for a while nobody knows whether the service is just closing it (RFC 9112 §9.5): it takes only
 * requests that may be repeated, and one that was in vain goes out once more, on a connection of which there is no such doubt. That is
 * no failure of the service. Few connections have to be made anew when many requests come at once.
 */
export class Http1Connections implements Connections, ConnectionOwner, Holder {
  readonly #options: Http1ConnectionsOptions;
  /** The one that was used last is the last. */
  readonly #idle: Http1Connection[] = [];
  readonly #waiting = new Map<WireRequest, RequestHead>();
  #open = 0;
  #connecting = 0;
  #timer: Timer | undefined;
  #resting: NodeJS.Immediate | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(options: Http1ConnectionsOptions) {
    this.#options = options;
  }

  dispatch(request: WireRequest): void {
    request.holder = this;
    if (this.#closed !== undefined) {
      request.fail(new Error('The connections are closed'), false);
      return;
    }
    let head: RequestHead;
    try {
      head = writeRequestHead(request.outgoing, this.#options.host);
    } catch (error) {
      request.fail(error as Error, false);
      return;
    }
    if (request.outgoing.upgrade !== undefined) {
      this.#runAlone(request, head);
      return;
    }
    const connection = this.#takeIdle(request.outgoing.isRepeatable && !request.isResent);
    if (connection !== undefined) {
      connection.run(request, head);
      return;
    }
    this.#waiting.set(request, head);
    this.#connect();
  }

  async close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>();
    for (const connection of this.#idle.splice(0)) connection.close();
    this.#settle();
    await this.#closed.promise;
  }

  /** Takes over a connected socket. */
  adopt(socket: Socket): void {
    this.#open++;
    this.#start(new Http1Connection(this), socket, false);
  }

  drop(request: WireRequest): void {
    this.#waiting.delete(request);
    this.#settle();
  }

  /** What waits has nothing to hold back. */
  pause(): void {}

  resume(): void {}

  onFree(connection: Http1Connection): void {
    for (const [request, head] of this.#waiting) {
      this.#waiting.delete(request);
      connection.run(request, head);
      return;
    }
    const { clock, keepAliveMs } = this.#options;
    const isSaid = connection.keepAliveSeconds !== -1;
    const saysMs = connection.keepAliveSeconds * 1_000 - KEEP_ALIVE_MARGIN_MS;
    const idleMs = isSaid ? Math.min(keepAliveMs, saysMs) : keepAliveMs;
    if (idleMs <= 0 || this.#closed !== undefined) {
      connection.close();
      return;
    }
    this.#resting ??= setImmediate(this.#rest);
    const nowMs = clock.now();
    connection.expiresMs = nowMs + idleMs;
    connection.doubtfulMs = nowMs + (isSaid ? idleMs : UNSAID_KEEP_ALIVE_MS);
    this.#idle.push(connection);
    this.#timer ??= clock.setTimeout(this.#sweep, idleMs);
  }

  onGone(connection: Http1Connection): void {
    this.#open--;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#waiting.size > 0) this.#connect();
    this.#settle();
  }

  onStale({ takenMs }: Http1Connection, request: WireRequest, error: Error, sent: boolean): void {
    const isLate = this.#options.clock.now() - takenMs > DEAD_WITHIN_MS;
    if (isLate || request.isResent || this.#closed !== undefined) {
      request.fail(error, sent);
      return;
    }
    request.isResent = true;
    this.dispatch(request);
  }

  #takeIdle(mayBeDoubtful: boolean): Http1Connection | undefined {
    if (this.#idle.length === 0) return undefined;
    const nowMs = this.#options.clock.now();
    for (let connection = this.#idle.at(-1); connection !== undefined; connection = this.#idle.at(-1)) {
      const isOver = connection.expiresMs <= nowMs;
      // The others have rested for longer still.
      if (!isOver && !mayBeDoubtful && connection.doubtfulMs <= nowMs) return undefined;
      this.#idle.pop();
      if (!isOver) {
        connection.takenMs = nowMs;
        return connection;
      }
      connection.close();
    }
    return undefined;
  }

  /** One more connection, if one is needed and there may be one. */
  #connect(): void {
    const { max, connect, readsDirectly } = this.#options;
    if (this.#connecting >= this.#waiting.size) return;
    if (this.#open >= max) {
      // What waits can't use it, and it is in the way. Its end brings us here again.
      this.#idle[0]?.close();
      return;
    }
    const connection = new Http1Connection(this);
    this.#open++;
    this.#connecting++;
    connect(connection.onread).then(
      (socket) => {
        this.#connecting--;
        this.#start(connection, socket, readsDirectly);
      },
      (error: Error) => {
        this.#connecting--;
        this.#open--;
        this.#failWaiting(error);
        this.#settle();
      },
    );
  }

  #start(connection: Http1Connection, socket: Socket, reads: boolean): void {
    connection.open(socket, reads);
    // What it was made for may have been given up, or got another one.
    this.onFree(connection);
  }

  #failWaiting(error: Error): void {
    // With no other connection there is no hope for the others either.
    for (const request of [...this.#waiting.keys()].slice(0, this.#open === 0 ? undefined : 1)) {
      this.#waiting.delete(request);
      request.fail(error, false);
    }
    if (this.#waiting.size > 0) this.#connect();
  }

  /** A connection that is to change its protocol is never one of the others: it will not come back. */
  #runAlone(request: WireRequest, head: RequestHead): void {
    const owner: ConnectionOwner = {
      onFree: (connection) => connection.close(),
      onGone: () => {},
      onStale: (_connection, _request, error, sent) => request.fail(error, sent),
    };
    this.#options.connect(undefined).then(
      (socket) => {
        const connection = new Http1Connection(owner);
        connection.open(socket, false);
        if (request.holder === undefined) connection.close();
        else connection.run(request, head);
      },
      (error: Error) => request.fail(error, false),
    );
  }

  /** Those that are idle at the end of the turn let the process end; most are taken again before it. */
  readonly #rest = (): void => {
    this.#resting = undefined;
    for (let at = this.#idle.length - 1; at >= 0 && this.#idle[at]?.rest() === true; at--);
  };

  readonly #sweep = (): void => {
    this.#timer = undefined;
    const { clock } = this.#options;
    const nowMs = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const connection of this.#idle.slice()) {
      if (connection.expiresMs <= nowMs) connection.close();
      else nextMs = Math.min(nextMs, connection.expiresMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#timer = clock.setTimeout(this.#sweep, nextMs - nowMs);
  };

  #settle(): void {
    if (this.#closed === undefined || this.#open > 0 || this.#waiting.size > 0) return;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#closed.resolve();
  }
}
