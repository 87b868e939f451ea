import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { atEndOfTurn, type TurnTask } from '../../end-of-turn.ts';
import type { Holder, WireRequest } from '../endpoint/wire-request.ts';
import { ReadBuffer } from './read-buffer.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';
import { Upload } from './upload.ts';

/** Who keeps the connections. */
export interface ConnectionOwner {
  /** The answer is complete, and the connection takes another request. */
  onFree(connection: Http1Connection): void;
  /** The connection is closed or given away; called once. */
  onGone(connection: Http1Connection): void;
  /** Called after `onGone`: the service seems to have let go of the kept connection before this request came, which may be sent again. */
  onStale(connection: Http1Connection, request: WireRequest, error: Error, sent: boolean): void;
}

/** One connection: a request, its answer, the next request. Whatever is not exactly that order ends it. */
export class Http1Connection implements ResponseSink, Holder, TurnTask {
  isInLine = false;
  /** `performance.now()` milliseconds at which it was taken for its request; set by its owner, as are the next two. */
  takenMs = 0;
  /** The same from which on it is not to be used. */
  expiresMs = 0;
  /** The same from which on the service may just be closing it. */
  doubtfulMs = 0;
  /** How long the service keeps it, as its last answer said; -1: it did not. */
  keepAliveSeconds = -1;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(this);
  readonly #buffer = new ReadBuffer();
  #socket: Socket | undefined;
  #request: WireRequest | undefined;
  /** What is to be written at the end of the turn. */
  #whole: string | Buffer | undefined;
  #upload: Upload | undefined;
  /** Of a request whose body waits to be asked for. */
  #held: RequestHead | undefined;
  #head: ResponseHead | undefined;
  /** Whether bytes come by {@link onread}. */
  #reads = false;
  #paused = false;
  /** Whether an answer came on it before. */
  #isKept = false;
  #referenced = true;
  #gone = false;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
  }

  /** For `net.connect`: reads without a stream in between. */
  get onread(): { buffer: () => Uint8Array; callback: (bytes: number, buffer: Uint8Array) => boolean } {
    let used = -1;
    return {
      buffer: () => {
        if (used === -1) return this.#buffer.first;
        // `undefined` is how Node is told to go on with the same one.
        return this.#buffer.next(used, this.#parser.expected) as Uint8Array;
      },
      callback: (bytes, buffer) => {
        used = bytes;
        this.#onBytes(buffer as Buffer, bytes, this.#buffer.isOwned(buffer));
        return !this.#paused;
      },
    };
  }

  /**
   * Takes over a connected socket.
   * @param reads Whether the socket was made with {@link onread}.
   */
  open(socket: Socket, reads: boolean): void {
    this.#socket = socket;
    this.#reads = reads;
    socket.on('error', this.#onError).on('close', this.#onClose).on('end', this.#onEnd);
    if (!reads) socket.on('readable', this.#onReadable);
  }

  run(request: WireRequest, head: RequestHead): void {
    const socket = this.#socket as Socket;
    const { outgoing, handler } = request;
    const { body } = outgoing;
    request.holder = this;
    this.#request = request;
    this.#parser.begin(outgoing.method, outgoing.upgrade);
    if (!this.#referenced) {
      // Only a connection with a request keeps the process alive.
      this.#referenced = true;
      socket.ref();
    }
    handler.onStart();
    if (body === null) {
      this.#writeAtEndOfTurn(head.text);
    } else if (typeof body === 'string') {
      // All of it is ASCII: one string is one write.
      const isAscii = body.length === head.contentLength;
      this.#writeAtEndOfTurn(isAscii ? head.text + body : join(head.text, body, head.contentLength));
    } else if (Buffer.isBuffer(body)) {
      socket.cork();
      socket.write(head.text, 'latin1');
      socket.write(body);
      socket.uncork();
      this.#checkWritten();
    } else if (outgoing.expectsContinue === true) {
      this.#held = head;
      this.#writeAtEndOfTurn(head.text);
    } else {
      this.#startUpload(request, head.text, body, head.contentLength);
    }
  }

  endTurn(): void {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole === undefined || this.#gone) return;
    const socket = this.#socket as Socket;
    if (typeof whole === 'string') socket.write(whole, 'latin1');
    else socket.write(whole);
    this.#checkWritten();
  }

  #writeAtEndOfTurn(whole: string | Buffer): void {
    this.#whole = whole;
    atEndOfTurn(this);
  }

  #checkWritten(): void {
    const errored = this.#socket?.errored;
    // The system took nothing: the service had closed the connection before.
    if (errored && this.#request !== undefined) this.#fail(errored, false);
  }

  sendBody(request: WireRequest): void {
    const held = this.#held;
    if (held === undefined || this.#request !== request) return;
    this.#held = undefined;
    this.endTurn();
    this.#startUpload(request, '', request.outgoing.body as Readable, held.contentLength);
  }

  /** Its request is given up: no other can follow it. */
  drop(): void {
    this.#request = undefined;
    this.close();
  }

  pause(): void {
    this.#paused = true;
    if (this.#reads) this.#socket?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#reads) this.#socket?.resume();
    else setImmediate(this.#onReadable);
  }

  /** No request runs any more: the process may end. @returns Whether it was kept from that until now. */
  rest(): boolean {
    if (!this.#referenced) return false;
    this.#referenced = false;
    this.#socket?.unref();
    return true;
  }

  close(): void {
    this.#parser.stop();
    this.#upload?.stop();
    this.#upload = undefined;
    this.#socket?.destroy();
    this.#leave();
  }

  onInformational({ status, fields }: ResponseHead): void {
    this.#request?.handler.onInformational(status, fields);
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#request?.handler.onHead(head.status, head.reason, head.fields);
  }

  onBody(chunk: Buffer): void {
    this.#request?.handler.onData(chunk);
  }

  onComplete(trailers: string[], surplus: boolean): void {
    const request = this.#request as WireRequest;
    const head = this.#head as ResponseHead;
    this.#request = undefined;
    this.#head = undefined;
    request.holder = undefined;
    const isFree =
      head.keepsAlive &&
      !surplus &&
      (head.isChunked || head.contentLength !== -1 || isBodiless(request, head)) &&
      (this.#upload === undefined || this.#upload.isComplete) &&
      // The service may take what comes next for the body that it did not ask for.
      this.#held === undefined &&
      request.outgoing.upgrade === undefined;
    this.resume();
    if (isFree) {
      this.#upload = undefined;
      this.#isKept = true;
      this.keepAliveSeconds = head.keepAliveSeconds;
      this.#owner.onFree(this);
    } else {
      this.close();
    }
    request.handler.onEnd(trailers);
  }

  onSwitch({ fields }: ResponseHead, rest: Buffer): void {
    const request = this.#request as WireRequest;
    const socket = this.#socket as Socket;
    this.#request = undefined;
    request.holder = undefined;
    socket
      .off('error', this.#onError)
      .off('close', this.#onClose)
      .off('end', this.#onEnd)
      .off('readable', this.#onReadable);
    // Until its new owner listens, an error of it must not be nobody's.
    socket.on('error', () => {});
    if (rest.length > 0) socket.unshift(rest);
    this.#socket = undefined;
    this.#leave();
    request.handler.onUpgrade(fields, socket);
  }

  #startUpload(request: WireRequest, head: string, body: Readable, contentLength: number): void {
    const upload = new Upload(this.#socket as Socket, head, body, contentLength, (error) => this.#end(error));
    if (this.#request === request) this.#upload = upload;
  }

  readonly #onError = (error: Error): void => this.#end(error);

  readonly #onClose = (): void => this.#end(undefined);

  readonly #onReadable = (): void => {
    while (!this.#paused) {
      const chunk = this.#socket?.read() as Buffer | null | undefined;
      if (chunk === null || chunk === undefined) return;
      this.#onBytes(chunk, chunk.length, true);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#parser.finish()) this.close();
    else this.#end(new Error('The service closed the connection before its answer was complete'));
  };

  #onBytes(bytes: Buffer, length: number, owned: boolean): void {
    try {
      this.#parser.execute(bytes, length, owned);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error | undefined): void {
    this.#fail(error ?? new Error('The connection was closed'), this.#whole === undefined);
  }

  #fail(error: Error, sent: boolean): void {
    const request = this.#request;
    this.#request = undefined;
    this.close();
    if (request === undefined) return;
    const { body, isRepeatable } = request.outgoing;
    const isWhole = body === null || typeof body === 'string' || Buffer.isBuffer(body);
    const isStale = this.#isKept && !this.#parser.started && isWhole && (isRepeatable || !sent);
    if (isStale) this.#owner.onStale(this, request, error, sent);
    else request.fail(error, sent);
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#owner.onGone(this);
  }
}

/** RFC 9112 §6.3: without a body whatever the head says of one. */
function isBodiless({ outgoing }: WireRequest, { status }: ResponseHead): boolean {
  return outgoing.method === 'HEAD' || status === 204 || status === 304;
}

function join(head: string, body: string, bodyBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
  bytes.write(head, 0, 'latin1');
  bytes.write(body, head.length, 'utf8');
  return bytes;
}
