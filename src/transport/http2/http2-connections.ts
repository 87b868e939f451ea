import http2, { type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { PatientTimer } from '../../patient-timer.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Connections } from '../endpoint/connections.ts';
import type { Holder, WireRequest } from '../endpoint/wire-request.ts';
import { runHttp2Request } from './http2-request.ts';

export interface Http2ConnectionsOptions {
  readonly origin: URL;
  /** Most connections. */
  readonly max: number;
  /** How long a connection without requests is kept. */
  readonly keepAliveMs: number;
  readonly connect: () => Promise<Socket>;
  readonly clock: Clock;
}

/** Streams at once on one connection, where the service allows as many. */
const MOST_STREAMS = 100;
/** A service that does not answer a PING for so long is gone, whatever TCP says. */
const PING_TIMEOUT_MS = 2_000;
const SETTINGS_TIMEOUT_MS = 2_000;
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;

interface Connection {
  readonly session: ClientHttp2Session;
  /** Whether the service has told its limits (RFC 9113 §3.4): before that, streams may be more than it takes. */
  ready: boolean;
  streams: number;
  draining: boolean;
  /** Until the PING that is under way must be answered. */
  ping: PatientTimer<Timer> | undefined;
}

/**
 * HTTP/2 connections to one endpoint (RFC 9113): requests share a connection up to the limit of the service.
 * On GOAWAY, the streams that the service still answers get their answer.
 */
export class Http2Connections implements Connections, Holder {
  readonly #options: Http2ConnectionsOptions;
  readonly #connections = new Set<Connection>();
  readonly #waiting = new Set<WireRequest>();
  #connecting = false;
  #closed = false;

  constructor(options: Http2ConnectionsOptions) {
    this.#options = options;
  }

  dispatch(request: WireRequest): void {
    request.holder = this;
    this.#waiting.add(request);
    this.#serve();
  }

  drop(request: WireRequest): void {
    this.#waiting.delete(request);
  }

  /** What waits has nothing to hold back. */
  pause(): void {}

  resume(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    const closing = [...this.#connections].map(
      ({ session }) =>
        new Promise<void>((resolve) => {
          // A session that closes already would not call back.
          session.once('close', resolve);
          session.close();
        }),
    );
    await Promise.all(closing);
  }

  /** Takes over a connected socket. */
  adopt(socket: Socket): void {
    const { origin, keepAliveMs } = this.#options;
    const session = http2.connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    const connection: Connection = { session, ready: false, streams: 0, draining: false, ping: undefined };
    this.#connections.add(connection);
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
    let cause: Error | undefined;
    session.on('error', (error) => {
      cause = error;
    });
    this.#connecting = true;
    const onTimeout = () => session.destroy(new Error('No SETTINGS came'));
    const timer = new PatientTimer(this.#options.clock, onTimeout, SETTINGS_TIMEOUT_MS);
    session.on('remoteSettings', () => {
      timer.clear();
      if (!connection.ready) {
        connection.ready = true;
        this.#connecting = false;
        if (connection.streams === 0) session.unref();
      }
      this.#serve();
    });
    session.on('goaway', () => {
      connection.draining = true;
    });
    session.once('close', () => {
      this.#connections.delete(connection);
      timer.clear();
      connection.ping?.clear();
      if (connection.ready) {
        this.#serve();
      } else {
        this.#connecting = false;
        this.#failWaiting(cause ?? new Error('The service closed the connection before its SETTINGS'));
      }
    });
    session.setTimeout(keepAliveMs, () => {
      if (connection.streams > 0) return;
      connection.draining = true;
      session.close();
    });
  }

  #serve(): void {
    for (const request of this.#waiting) {
      const connection = this.#findRoom();
      if (connection === undefined) {
        if (!this.#connecting && this.#connections.size < this.#options.max) this.#connect();
        return;
      }
      this.#waiting.delete(request);
      this.#run(connection, request);
    }
  }

  #findRoom(): Connection | undefined {
    for (const connection of this.#connections) {
      const { session, ready, streams, draining } = connection;
      if (!ready || draining || session.closed || session.destroyed) continue;
      const most = Math.min(MOST_STREAMS, session.remoteSettings?.maxConcurrentStreams ?? MOST_STREAMS);
      if (streams < most) return connection;
    }
    return undefined;
  }

  #run(connection: Connection, request: WireRequest): void {
    const { session } = connection;
    // Only a connection with requests keeps the process alive.
    if (connection.streams++ === 0) session.ref();
    const onClose = () => {
      if (--connection.streams === 0 && !session.destroyed) session.unref();
      this.#serve();
    };
    runHttp2Request(session, this.#options.origin, request, onClose, () => this.#ping(connection));
  }

  /** A request waited in vain: is it the service that is slow, or is nobody there? */
  #ping(connection: Connection): void {
    const { session } = connection;
    if (connection.ping !== undefined || session.closed || session.destroyed) return;
    connection.ping = new PatientTimer(this.#options.clock, () => session.destroy(), PING_TIMEOUT_MS);
    session.ping(() => {
      connection.ping?.clear();
      connection.ping = undefined;
    });
  }

  #connect(): void {
    this.#connecting = true;
    this.#options.connect().then(
      (socket) => {
        this.#connecting = false;
        if (this.#closed && this.#waiting.size === 0) socket.destroy();
        else this.adopt(socket);
      },
      (error: Error) => {
        this.#connecting = false;
        this.#failWaiting(error);
      },
    );
  }

  #failWaiting(error: Error): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const request of waiting) request.fail(error, false);
  }
}
