import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Deadline, DeadlineQueue } from '../../../deadline-queue.ts';
import { WeirError } from '../../../errors.ts';
import { DirectSocket } from '../direct-socket.ts';
import { isRefused } from '../refuse-connection.ts';
import { Http1Request, type RequestSource } from './request.ts';
import type { Http1RequestHead } from './request-head.ts';
import { RequestParser, type RequestSink } from './request-parser.ts';
import { Http1Response, type ResponseOwner } from './response.ts';
import { TurnWriter } from './turn-writer.ts';

/** What all connections of a listener have in common. */
export interface ConnectionHost {
  readonly maxHeadersSizeBytes: number;
  readonly headersTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly keepAliveLines: string;
  /** Of connections that wait for a head, and of those that wait for another request. */
  readonly heads: Pick<DeadlineQueue<unknown>, 'add' | 'remove'>;
  readonly idles: Pick<DeadlineQueue<unknown>, 'add' | 'remove'>;
  isUpgrade(head: Http1RequestHead): boolean;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, rest: Buffer): void;
  /** Nothing that comes by the connection is of use any more; no answer is under way. */
  onRefused(socket: Socket, error: WeirError): void;
  /** The body of the request that is being answered is at fault. */
  onBadBody(response: ServerResponse, error: WeirError): void;
}

/** What a client may send ahead while its request is answered; then it waits. */
const MOST_BYTES_AHEAD = 64 * 1024;
/** How long, and how much, is read of a client that goes on to send when its last answer is out (RFC 9112 §9.6). */
const LINGER_MS = 2_000;
const LINGER_BYTES = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** One connection: a request, its answer, the next request. What is sent ahead waits. */
export class Http1Connection implements RequestSink, RequestSource, ResponseOwner, Deadline {
  readonly socket: Socket;
  readonly writer: TurnWriter;
  readonly keepAliveLines: string;
  dueMs = Number.POSITIVE_INFINITY;
  earlier: Deadline | undefined;
  later: Deadline | undefined;
  readonly #host: ConnectionHost;
  readonly #parser: RequestParser;
  /** The queue that it stands in. */
  #queue: ConnectionHost['heads'] | undefined;
  #request: Http1Request | undefined;
  #response: Http1Response | undefined;
  /** Behind the end of the request. */
  #ahead: Buffer = NOTHING;
  #isReading = false;
  /** Whether what is read lies in memory that others are read into afterwards. */
  readonly #isShared: boolean;
  /** It asks for another protocol. */
  #upgrading: Http1Request | undefined;
  /** The last answer is out; bytes that are still taken. */
  #lingering = 0;
  /** The answer is ended, and the client is slow to take it. */
  #isStalling = false;

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket;
    this.writer = new TurnWriter(socket);
    this.keepAliveLines = host.keepAliveLines;
    this.#host = host;
    this.#parser = new RequestParser(this, host.maxHeadersSizeBytes);
    if (socket instanceof DirectSocket) socket.onBytes = this.#onBytes;
    else socket.on('data', this.#onBytes);
    this.#isShared = socket instanceof DirectSocket;
    socket.on('end', this.#onEnd).on('close', this.#onClose).on('drain', this.#onDrain);
    // What goes wrong with it ends it.
    socket.on('error', ignore);
    this.#wait(host.heads, host.headersTimeoutMs);
  }

  /** The answer that is under way. */
  get response(): ServerResponse | undefined {
    return this.#response as unknown as ServerResponse | undefined;
  }

  /** Ends it after the answer that is under way; at once where there is none. */
  endWhenIdle(): void {
    const response = this.#response;
    if (response !== undefined) response.shouldKeepAlive = false;
    this.writer.flush();
    if (response?.writableEnded || this.socket.writableLength > 0) this.#endAnswered();
    else if (response === undefined) this.socket.destroy();
  }

  onDue(): void {
    const { socket } = this;
    this.#queue = undefined;
    this.writer.flush();
    if (this.#parser.isInHead && this.#lingering === 0) {
      this.#host.onRefused(socket, new WeirError('REQUEST_TIMEOUT', 'The header did not arrive in time'));
    } else if (socket.writableLength > 0) this.#watchSending();
    else socket.destroy();
  }

  onHead(head: Http1RequestHead): void {
    this.#stopWaiting();
    if (this.#isStalling) this.#stopWatching();
    const request = new Http1Request(head, this);
    if (this.#host.isUpgrade(head)) {
      this.#upgrading = request;
      return;
    }
    const response = new Http1Response(request, this, head.keepsAlive && head.framing !== 'unknown');
    if (head.framing === 'unknown') request.complete = true;
    this.#request = request;
    this.#response = response;
    // In all that handlers make use of they are what node:http has; their types do not say so.
    this.#host.onRequest(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  }

  onBody(chunk: Buffer): void {
    const request = this.#request as Http1Request;
    if (!request.destroyed && !request.push(this.#keep(chunk))) this.socket.pause();
  }

  onComplete(trailers: string[]): void {
    (this.#request as Http1Request).onComplete(trailers);
    // Only a connection that is read tells that its client has left.
    this.socket.resume();
    this.#goOn();
  }

  onWanted(): void {
    this.socket.resume();
  }

  onAbandoned(): void {
    if (this.#response?.writableEnded) this.#endAnswered();
    else this.socket.destroy();
  }

  onEnded(response: Http1Response): void {
    const { req: request } = response;
    if (!response.shouldKeepAlive) this.#endAnswered();
    else if (request.complete) this.#goOn();
    else this.#wait(this.#host.idles, this.#host.keepAliveTimeoutMs);
    // What nobody reads is in the way of the next request, and of the end of this one.
    if (!request.complete && request.readableFlowing === null) request.resume();
  }

  readonly #onBytes = (chunk: Buffer): void => {
    if (this.#lingering > 0) {
      this.#lingering -= chunk.length;
      if (this.#lingering <= 0) this.socket.destroy();
      // The handler may still read what belongs to its request.
      if (this.#request === undefined || this.#request.complete) return;
    }
    if (isRefused(this.socket)) return;
    this.#read(this.#ahead.length === 0 ? chunk : Buffer.concat([this.#ahead, chunk]));
  };

  #read(bytes: Buffer): void {
    this.#ahead = NOTHING;
    this.#isReading = true;
    let at = 0;
    try {
      let before = -1;
      // An answer that is out at once makes way for the next request.
      while (at < bytes.length && at !== before) {
        before = at;
        at = this.#parser.execute(bytes, at);
      }
    } catch (error) {
      if (error instanceof WeirError) {
        this.#refuse(error);
        return;
      }
      // A fault of the handler, not of the client.
      this.socket.destroy();
      throw error;
    } finally {
      this.#isReading = false;
    }
    if (this.#upgrading !== undefined) {
      this.#handOver(this.#upgrading, this.#keep(bytes.subarray(at)));
      return;
    }
    if (this.#parser.isInHead && this.#queue !== this.#host.heads) {
      this.#wait(this.#host.heads, this.#host.headersTimeoutMs);
    }
    if (at === bytes.length || this.socket.destroyed) return;
    this.#ahead = this.#keep(bytes.subarray(at));
    if (this.#ahead.length > MOST_BYTES_AHEAD) this.socket.pause();
  }

  /** Bytes that outlive this call. */
  #keep(bytes: Buffer): Buffer {
    return this.#isShared ? Buffer.from(bytes) : bytes;
  }

  /** To the next request, once this one has come and its answer is on its way. */
  #goOn(): void {
    const request = this.#request;
    const response = this.#response;
    if (request === undefined || response === undefined) return;
    if (!request.complete || !response.writableEnded || !response.shouldKeepAlive || this.socket.destroyed) return;
    if (this.socket.writableNeedDrain) {
      // Who does not take answers asks for no more of them.
      this.#watchSending();
      return;
    }
    this.#request = undefined;
    this.#response = undefined;
    this.#parser.next();
    this.#wait(this.#host.idles, this.#host.keepAliveTimeoutMs);
    if (this.#isReading) return;
    this.socket.resume();
    if (this.#ahead.length > 0) this.#read(this.#ahead);
  }

  /** The client has its time to read the answer before the connection is cut. */
  #endAnswered(): void {
    if (this.socket.destroyed || this.#lingering > 0) return;
    this.#lingering = LINGER_BYTES;
    this.#stopWaiting();
    this.writer.flush();
    this.#watchSending();
    this.socket.end(this.#linger);
    this.socket.resume();
  }

  readonly #linger = (): void => {
    this.#stopWatching();
    if (!this.socket.destroyed) this.#wait(this.#host.heads, LINGER_MS);
  };

  /** The socket itself knows whether it gets rid of anything. */
  #watchSending(): void {
    if (this.#isStalling) return;
    this.#isStalling = true;
    this.#stopWaiting();
    this.socket.setTimeout(this.#host.keepAliveTimeoutMs, this.#onStall);
  }

  #stopWatching(): void {
    this.#isStalling = false;
    this.socket.setTimeout(0).off('timeout', this.#onStall);
  }

  readonly #onStall = (): void => {
    this.socket.destroy();
  };

  /** No answer is under way; the last one may still be on its way. */
  #end(): void {
    const { socket } = this;
    this.writer.flush();
    // To end it once more would make an error of it, with a stack: a twentieth of a short connection.
    if (socket.writableFinished) socket.destroy();
    else socket.end(() => socket.destroy());
  }

  #refuse(error: WeirError): void {
    const response = this.#response;
    if (response === undefined) {
      this.#stopWaiting();
      this.writer.flush();
      this.#host.onRefused(this.socket, error);
    } else if (response.writableEnded) this.#endAnswered();
    else this.#host.onBadBody(response as unknown as ServerResponse, error);
  }

  #handOver(request: Http1Request, rest: Buffer): void {
    const { socket } = this;
    if (socket instanceof DirectSocket) socket.onBytes = undefined;
    socket.off('data', this.#onBytes).off('end', this.#onEnd).off('close', this.#onClose).off('drain', this.#onDrain);
    socket.off('error', ignore);
    this.writer.flush();
    // Whoever listens next makes it flow.
    (socket as { readableFlowing: boolean | null }).readableFlowing = null;
    this.#host.onUpgrade(request as unknown as IncomingMessage, socket, rest);
  }

  #wait(queue: ConnectionHost['heads'], delayMs: number): void {
    this.#stopWaiting();
    this.#queue = queue;
    queue.add(this, performance.now() + delayMs);
  }

  #stopWaiting(): void {
    this.#queue?.remove(this);
    this.#queue = undefined;
  }

  readonly #onEnd = (): void => {
    const response = this.#response;
    // Who sends no more reads no more: there is no telling the two apart.
    if (response !== undefined && !response.writableEnded) this.socket.destroy();
    else this.#end();
  };

  readonly #onClose = (): void => {
    this.#stopWaiting();
    this.#parser.stop();
    this.writer.drop();
    this.#response?.onClose();
    this.#request?.breakOff();
  };

  readonly #onDrain = (): void => {
    this.#response?.onDrain();
    if (!this.#isStalling || this.#lingering > 0) return;
    this.#stopWatching();
    this.#goOn();
  };
}

const ignore = (): void => {};
