import { constants, type Http2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { closeFrame, FrameBoundary } from './frame-boundary.ts';

/** Status codes of RFC 6455 §7.4.1. */
export const GOING_AWAY = 1001;
export const POLICY_VIOLATION = 1008;

export interface TunnelOptions {
  /** A connection, or a stream of HTTP/2. */
  readonly client: Duplex;
  readonly upstream: Duplex;
  /** Milliseconds of silence of both sides that end it. */
  readonly idleMs: number;
  /** Milliseconds that it may last; `Infinity`: any. */
  readonly maxMs: number;
}

/** Milliseconds that both sides have to close after they are told. */
const CLOSING_MS = 1_000;
/** Node's timers go no further: about 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Carries the bytes of a WebSocket both ways, at the pace of their readers, and changes none of them. Ends with either side, after
 * silence, or by `close`, which puts a close frame between two frames.
 */
export class Tunnel {
  readonly #client: Side;
  readonly #upstream: Side;
  readonly #idle: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout | undefined;
  #closing: NodeJS.Timeout | undefined;

  constructor({ client, upstream, idleMs, maxMs }: TunnelOptions) {
    this.#client = { socket: client, boundary: new FrameBoundary(), isMasked: false, closeCode: undefined };
    this.#upstream = { socket: upstream, boundary: new FrameBoundary(), isMasked: true, closeCode: undefined };
    this.#idle = setTimeout(() => this.close(GOING_AWAY), idleMs).unref();
    if (maxMs < Number.POSITIVE_INFINITY) {
      this.#end = setTimeout(() => this.close(POLICY_VIOLATION), Math.min(Math.max(0, maxMs), MAX_TIMER_MS)).unref();
    }
    this.#carry(this.#upstream, this.#client);
    this.#carry(this.#client, this.#upstream);
  }

  /** Tells both sides that it ends, and ends it. */
  close(code: number): void {
    if (this.#closing !== undefined) return;
    this.#destroySoon();
    for (const side of [this.#client, this.#upstream]) {
      side.closeCode = code;
      endAtBoundary(side);
    }
  }

  #carry(from: Side, to: Side): void {
    from.socket
      .on('data', (chunk: Buffer) => {
        this.#idle.refresh();
        // What comes after the end that was told has nowhere to go.
        if (to.socket.writableEnded || to.socket.destroyed) return;
        to.boundary.pass(chunk);
        if (!to.socket.write(chunk)) from.socket.pause();
        if (to.closeCode !== undefined) endAtBoundary(to);
      })
      .on('end', () => to.socket.end())
      .on('error', () => {})
      .on('close', () => {
        if (isCut(from.socket) || to.socket.destroyed) this.#destroy();
        // A side that is told that it ends has its time to read that, and all that came before.
        else if (to.socket.writableFinished) this.#destroySoon();
        else to.socket.once('finish', () => this.#destroySoon());
      });
    to.socket.on('drain', () => from.socket.resume());
    from.socket.resume();
  }

  #destroySoon(): void {
    this.#closing ??= setTimeout(() => this.#destroy(), CLOSING_MS).unref();
  }

  #destroy(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#end);
    clearTimeout(this.#closing);
    for (const { socket } of [this.#client, this.#upstream]) {
      if (isStream(socket)) cutStream(socket);
      else socket.destroy();
    }
  }
}

/** Ends a stream of HTTP/2 as a connection of HTTP/1.1 is cut (RFC 8441 §5). */
export function cutStream(stream: Http2Stream): void {
  stream.close(constants.NGHTTP2_CANCEL);
}

function isStream(socket: Duplex): socket is Http2Stream {
  return 'rstCode' in socket;
}

/** Whether it has closed before its end. A stream that is reset has an end for its reader as well. */
function isCut(socket: Duplex): boolean {
  return !socket.readableEnded || (isStream(socket) && socket.rstCode !== constants.NGHTTP2_NO_ERROR);
}

interface Side {
  readonly socket: Duplex;
  /** Of what is written to it. */
  readonly boundary: FrameBoundary;
  /** Whether what is written to it is a client's. */
  readonly isMasked: boolean;
  closeCode: number | undefined;
}

function endAtBoundary({ socket, boundary, isMasked, closeCode }: Side): void {
  if (!boundary.isHere || closeCode === undefined || socket.writableEnded) return;
  if (!boundary.hasClosed) socket.write(closeFrame(closeCode, isMasked));
  socket.end();
}
