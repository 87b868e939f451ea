import type { Socket } from 'node:net';
import type { Http1Request } from './request.ts';
import { type Fields, ResponseFields, toLines } from './response-fields.ts';
import { type HeadFacts, statusLine, writeDate, writeFields } from './response-head.ts';
import type { OnWritten, TurnWriter } from './turn-writer.ts';

/** The connection that an answer goes out by. */
export interface ResponseOwner {
  readonly socket: Socket;
  /** Tell the client how long the connection is kept, behind the end of the line before. */
  readonly keepAliveLines: string;
  readonly writer: TurnWriter;
  /** All of it is handed to the connection. */
  onEnded(response: Http1Response): void;
}

type Encoding = BufferEncoding | null | undefined;
type Callback = (() => void) | null | undefined;

/** Bodies up to so many bytes are joined with their head, so that both are one write. */
const MOST_BYTES_JOINED = 16 * 1024;

/**
 * An answer in the form of node:http's `ServerResponse`, as far as those who answer make use of it. Its head goes out with the first
 * of its body, and all that is written in a turn of the event loop at the end of the turn.
 */
export class Http1Response extends ResponseFields {
  readonly req: Http1Request;
  readonly socket: Socket;
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  shouldKeepAlive: boolean;
  writableEnded = false;
  writableFinished = false;
  destroyed = false;
  closed = false;
  /** Emitted by `drain`. */
  writableNeedDrain = false;
  errored: Error | null = null;
  readonly #owner: ResponseOwner;
  /** Written, but not sent. */
  #head: string | undefined;
  #isFramed = false;
  #hasConnection = false;
  #isInvited = false;
  #isChunked = false;
  /** Of the body, still to come; -1: it has no length. */
  #remaining = -1;
  #hasBody = true;
  #trailers = '';

  constructor(request: Http1Request, owner: ResponseOwner, keepsAlive: boolean) {
    super();
    this.req = request;
    this.socket = owner.socket;
    this.shouldKeepAlive = keepsAlive;
    this.#owner = owner;
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  /** @throws {TypeError} A field cannot be written. Nothing is written then. */
  writeHead(status: number, reasonOrFields?: string | Fields, fields?: Fields): this {
    this.assertOpen();
    const given = typeof reasonOrFields === 'string' ? fields : reasonOrFields;
    const reason = (typeof reasonOrFields === 'string' && reasonOrFields) || this.statusMessage || undefined;
    this.#writeHead(status, reason, this.gather(given));
    return this;
  }

  flushHeaders(): void {
    if (this.#head === undefined && this.headersSent) return;
    this.#frame(-1);
    this.#send('');
  }

  /** @returns Whether the connection takes more before it has sent this. */
  write(chunk: string | Uint8Array, encoding?: Encoding | Callback, callback?: Callback): boolean {
    if (this.writableEnded || this.destroyed) return false;
    const data = toBytes(chunk, encoding);
    const done = typeof encoding === 'function' ? encoding : callback;
    this.#frame(-1);
    if (data.length === 0) return true;
    if (!this.#countBody(data.length)) return false;
    const flows = this.#sendBody(data, done ?? undefined);
    this.writableNeedDrain = !flows;
    return flows;
  }

  end(chunk?: string | Uint8Array | Callback, encoding?: Encoding | Callback, callback?: Callback): this {
    if (typeof chunk === 'function') return this.end(null as never, null, chunk);
    if (typeof encoding === 'function') return this.end(chunk, null, encoding);
    if (this.writableEnded) return this;
    if (callback) this.once('finish', callback);
    if (this.destroyed) {
      this.writableEnded = true;
      return this;
    }
    const isText = typeof chunk === 'string' && (encoding === 'latin1' || encoding === 'binary');
    const data = chunk === undefined || chunk === null || isText ? undefined : toBytes(chunk, encoding);
    const length = isText ? (chunk as string).length : (data?.length ?? 0);
    this.#frame(length);
    if (length > 0 && !this.#countBody(length)) return this;
    this.writableEnded = true;
    if (this.#hasBody && this.#remaining > 0) {
      // The client waits for more than there is: only the end of the connection tells.
      this.destroy();
      return this;
    }
    const whole = isText ? (chunk as string) : data;
    if (whole !== undefined && length > 0) this.#sendLast(whole);
    else this.#sendLastText(this.#isChunked ? `0${this.#trailers}\r\n\r\n` : '');
    this.#owner.onEnded(this);
    return this;
  }

  /** Goes out only behind chunks (RFC 9112 §7.1.2). */
  addTrailers(fields: Readonly<Record<string, string | readonly string[]>>): void {
    this.#trailers += writeFields(toLines(Object.entries(fields)), { ...NO_FACTS });
  }

  writeContinue(callback?: () => void): void {
    this.#isInvited = true;
    this.#writeInformational('HTTP/1.1 100 Continue\r\n\r\n', callback);
  }

  writeProcessing(callback?: () => void): void {
    this.#writeInformational('HTTP/1.1 102 Processing\r\n\r\n', callback);
  }

  /** RFC 8297 */
  writeEarlyHints(hints: Readonly<Record<string, string | readonly string[]>>, callback?: () => void): void {
    const lines = toLines(Object.entries(hints));
    this.#writeInformational(`HTTP/1.1 103 Early Hints${writeFields(lines, { ...NO_FACTS })}\r\n\r\n`, callback);
  }

  /** Ends the connection: what of the answer is out cannot be taken for whole. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.errored = error ?? null;
    this.socket.destroy();
    return this;
  }

  setTimeout(): this {
    return this;
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  /** The connection takes more. */
  onDrain(): void {
    if (!this.writableNeedDrain || this.writableEnded) return;
    this.writableNeedDrain = false;
    this.emit('drain');
  }

  /** The connection is gone, or the answer is out. */
  onClose(): void {
    if (this.closed) return;
    this.destroyed = true;
    this.closed = true;
    this.emit('close');
  }

  readonly #onFinish: OnWritten = (error) => {
    if (!error) {
      this.writableFinished = true;
      this.emit('finish');
    }
    this.onClose();
  };

  #writeHead(status: number, reason: string | undefined, lines: readonly string[]): void {
    const facts = { ...NO_FACTS };
    let text = statusLine(status, reason) + writeFields(lines, facts);
    this.statusCode = status;
    this.#hasBody = this.req.method !== 'HEAD' && status !== 204 && status !== 304;
    this.#remaining = facts.contentLength;
    // Without a body there is no last chunk either.
    this.#isChunked = facts.isChunked && this.#hasBody;
    if (facts.closes) this.shouldKeepAlive = false;
    if (!facts.hasDate) text += writeDate();
    this.#hasConnection = facts.hasConnection;
    // The client may send its body or not, now that it was not asked to: only the end of the connection tells.
    if (this.req.headers.expect !== undefined && !this.#isInvited && !this.req.complete) this.shouldKeepAlive = false;
    this.#head = text;
    this.headersSent = true;
  }

  /** Says how the body ends (RFC 9112 §6.3), once it is known whether all of it is here: `wholeLength`; -1: it is not. */
  #frame(wholeLength: number): void {
    if (this.#head === undefined) {
      if (this.headersSent) return;
      this.#writeHead(this.statusCode, this.statusMessage || undefined, this.gather(undefined));
    }
    if (this.#isFramed) return;
    this.#isFramed = true;
    let text = this.#head as string;
    if (this.#hasBody && this.#remaining === -1 && !this.#isChunked) {
      if (wholeLength !== -1 && this.#trailers === '') {
        this.#remaining = wholeLength;
        text += `\r\ncontent-length: ${wholeLength}`;
      } else if (this.req.httpVersionMinor === 1) {
        this.#isChunked = true;
        text += '\r\ntransfer-encoding: chunked';
      } else this.shouldKeepAlive = false;
    }
    if (!this.#hasConnection) {
      if (!this.shouldKeepAlive) text += '\r\nconnection: close';
      else text += this.#owner.keepAliveLines;
    }
    this.#head = `${text}\r\n\r\n`;
  }

  /** @returns `false` where the body is longer than its length: what is behind it would be taken for another answer. */
  #countBody(length: number): boolean {
    if (!this.#hasBody || this.#remaining === -1) return true;
    this.#remaining -= length;
    if (this.#remaining >= 0) return true;
    this.destroy();
    return false;
  }

  #sendBody(data: Buffer, done: (() => void) | undefined): boolean {
    if (!this.#hasBody) return this.#send('', done);
    if (!this.#isChunked) {
      this.#send('');
      return this.#owner.writer.write(data, done);
    }
    this.#send(`${data.length.toString(16)}\r\n`);
    this.#owner.writer.write(data);
    return this.#owner.writer.write('\r\n', done);
  }

  #sendLast(data: string | Buffer): void {
    if (!this.#hasBody) {
      this.#sendLastText('');
      return;
    }
    const text =
      typeof data === 'string' ? data : data.length <= MOST_BYTES_JOINED ? data.toString('latin1') : undefined;
    if (this.#isChunked) {
      const size = `${data.length.toString(16)}\r\n`;
      const end = `\r\n0${this.#trailers}\r\n\r\n`;
      if (text !== undefined) {
        this.#sendLastText(size + text + end);
        return;
      }
      this.#send(size);
      this.#owner.writer.write(data as Buffer);
      this.#sendLastText(end);
    } else if (text === undefined) {
      this.#send('');
      this.#owner.writer.write(data as Buffer, this.#onFinish);
    } else this.#sendLastText(text);
  }

  /** Sends the head, where it is still here, and `text` with it. */
  #send(text: string, done?: OnWritten): boolean {
    const all = this.#takeHead() + text;
    return all === '' && done === undefined ? true : this.#owner.writer.write(all, done);
  }

  #sendLastText(text: string): void {
    this.#owner.writer.writeLast(this.#takeHead() + text, this.#onFinish);
  }

  #takeHead(): string {
    const head = this.#head ?? '';
    this.#head = undefined;
    return head;
  }

  #writeInformational(text: string, callback: (() => void) | undefined): void {
    if (this.headersSent || this.destroyed || this.req.httpVersionMinor === 0) return;
    this.#owner.writer.write(text, callback);
  }
}

const NO_FACTS: HeadFacts = {
  contentLength: -1,
  isChunked: false,
  closes: false,
  hasConnection: false,
  hasDate: false,
};

function toBytes(chunk: string | Uint8Array, encoding: Encoding | Callback): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
