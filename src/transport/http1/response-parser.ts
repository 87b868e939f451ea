import { ChunkSize } from '../../http1/chunk-size.ts';
import { FieldReader } from '../../http1/field-reader.ts';
import { MalformedMessage } from '../../http1/malformed-message.ts';
import { endOfStartLine } from '../../http1/start-line.ts';
import { ViewedMemory } from '../../http1/viewed-memory.ts';
import { type ResponseHead, readResponseHead } from './response-head.ts';

/** What a parser tells, in the order of the bytes. */
export interface ResponseSink {
  /** A 1xx answer, except 101. */
  onInformational(head: ResponseHead): void;
  /** 101 to a request that asked for it; `rest` is the first of the other protocol. The parser is done. */
  onSwitch(head: ResponseHead, rest: Buffer): void;
  onHead(head: ResponseHead): void;
  onBody(chunk: Buffer): void;
  /** @param surplus Whether more bytes came than belong to the answer: the connection is not to be trusted. */
  onComplete(trailers: string[], surplus: boolean): void;
}

/** Of a head, and of the trailers of a body. */
export const MAX_HEAD_BYTES: number = 16 * 1024;

const END_OF_HEAD = '\r\n\r\n';
const LF = 0x0a;
const CR = 0x0d;
const NO_TRAILERS: string[] = [];

/** What connections are read into. */
const MEMORY = new ViewedMemory();

interface WholeHead {
  readonly head: ResponseHead;
  /** Where it ends. */
  readonly next: number;
}

type State = 'idle' | 'head' | 'length' | 'close' | 'chunk size' | 'chunk data' | 'chunk end' | 'trailers' | 'over';

/**
 * Reads the answers on one connection (RFC 9112), one request after the other, from bytes in whatever pieces they come.
 * Strict: what another reader might frame in another way is refused, since that is how one client gets the answer to another.
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #chunkSize = new ChunkSize();
  #state: State = 'idle';
  #isHead = false;
  #maySwitch = false;
  readonly #fieldReader = new FieldReader(MEMORY);
  /** The part of a head or of trailers that is here so far. */
  #text = '';
  #started = false;
  #remaining = 0;
  #crSeen = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Whether a byte of the answer has come. */
  get started(): boolean {
    return this.#started;
  }

  /** Bytes that surely are still to come, as far as the head said. */
  get expected(): number {
    if (this.#state === 'length' || this.#state === 'chunk data') return this.#remaining;
    return this.#state === 'close' ? Number.POSITIVE_INFINITY : 0;
  }

  /** A request was sent: its answer is the next. @param protocol Asked for by `Upgrade`. */
  begin(method: string, protocol?: string): void {
    this.#state = 'head';
    this.#isHead = method === 'HEAD';
    this.#maySwitch = protocol !== undefined;
    this.#text = '';
    this.#started = false;
  }

  /** Tells no more, whatever comes. */
  stop(): void {
    this.#state = 'over';
  }

  /**
   * @param end How much of `bytes` was received.
   * @param owned Whether parts of `bytes` may be handed on; otherwise they are copied.
   * @throws {MalformedMessage} The connection is of no use after that.
   */
  execute(bytes: Buffer, end: number, owned: boolean): void {
    let at = 0;
    this.#started = true;
    while (at < end) {
      switch (this.#state) {
        case 'idle':
          throw new MalformedMessage('Bytes came that no request asked for');
        case 'head':
          at = this.#readHead(bytes, at, end);
          break;
        case 'length':
          at = this.#readBody(bytes, at, end, owned);
          if (this.#remaining === 0 && this.#state === 'length') this.#complete(NO_TRAILERS, at < end);
          break;
        case 'close':
          this.#sink.onBody(part(bytes, at, end, owned));
          return;
        case 'chunk size':
          if (this.#chunkSize.read(bytes, at, end)) {
            this.#remaining = this.#chunkSize.value;
            this.#state = this.#remaining === 0 ? 'trailers' : 'chunk data';
          }
          at = this.#chunkSize.at;
          break;
        case 'chunk data':
          at = this.#readBody(bytes, at, end, owned);
          if (this.#remaining === 0 && this.#state === 'chunk data') this.#state = 'chunk end';
          break;
        case 'chunk end':
          this.#readChunkEnd(bytes[at++] as number);
          break;
        case 'trailers':
          at = this.#readTrailers(bytes, at, end);
          break;
        case 'over':
          return;
      }
    }
  }

  /** The service sends no more. @returns Whether that is the end of an answer, or none was due. */
  finish(): boolean {
    if (this.#state === 'close') this.#complete(NO_TRAILERS, false);
    return this.#state === 'idle' || this.#state === 'over';
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const before = this.#text.length;
    // It comes in one piece, almost always.
    if (before === 0) {
      const whole = this.#parseHead(bytes, at, Math.min(end, at + MAX_HEAD_BYTES));
      if (whole !== undefined) {
        this.#startBody(whole.head, bytes, whole.next, end);
        return whole.next;
      }
    }
    const taken = Math.min(end, at + MAX_HEAD_BYTES);
    const text = this.#text + bytes.toString('latin1', at, taken);
    const length = text.indexOf(END_OF_HEAD, Math.max(0, before - END_OF_HEAD.length + 1)) + END_OF_HEAD.length;
    if (length < END_OF_HEAD.length || length > MAX_HEAD_BYTES) {
      if (text.length >= MAX_HEAD_BYTES) throw new MalformedMessage('The head is too large');
      // What is not HTTP need not be waited for to its end.
      if (!'HTTP/1.'.startsWith(text.slice(0, 7))) throw new MalformedMessage('The answer is not HTTP/1.1');
      this.#text = text;
      return taken;
    }
    this.#text = '';
    const { head } = this.#parseHead(Buffer.from(text, 'latin1'), 0, length) as WholeHead;
    const next = at + length - before;
    this.#startBody(head, bytes, next, end);
    return next;
  }

  /** @returns `undefined`: it does not end before `end`. */
  #parseHead(bytes: Buffer, at: number, end: number): WholeHead | undefined {
    const lineEnd = endOfStartLine(bytes, at, end);
    if (lineEnd === -1) return undefined;
    const next = this.#fieldReader.read(bytes, lineEnd + 2, end);
    if (next === -1) return undefined;
    return { head: readResponseHead(bytes.toString('latin1', at, lineEnd), this.#fieldReader.takeFields()), next };
  }

  #startBody(head: ResponseHead, bytes: Buffer, at: number, end: number): void {
    const { status } = head;
    if (status === 101) {
      if (!this.#maySwitch) throw new MalformedMessage('The service changes to a protocol that nobody asked for');
      this.#state = 'over';
      this.#sink.onSwitch(head, Buffer.from(bytes.subarray(at, end)));
      return;
    }
    if (status < 200) {
      this.#sink.onInformational(head);
      return;
    }
    // RFC 9112 §6.3, in its order.
    const isEmpty = this.#isHead || status === 204 || status === 304 || head.contentLength === 0;
    if (head.isChunked) this.#chunkSize.reset();
    this.#remaining = head.contentLength;
    this.#state = head.isChunked ? 'chunk size' : head.contentLength === -1 ? 'close' : 'length';
    this.#sink.onHead(head);
    // It may have been given up for its head.
    if (isEmpty && !this.#isStopped()) this.#complete(NO_TRAILERS, at < end);
  }

  #isStopped(): boolean {
    return this.#state === 'over';
  }

  #readBody(bytes: Buffer, at: number, end: number, owned: boolean): number {
    const next = Math.min(end, at + this.#remaining);
    this.#remaining -= next - at;
    this.#sink.onBody(part(bytes, at, next, owned));
    return next;
  }

  #readChunkEnd(byte: number): void {
    if (byte !== (this.#crSeen ? LF : CR)) throw new MalformedMessage('A chunk is longer than its size');
    this.#crSeen = !this.#crSeen;
    if (!this.#crSeen) this.#state = 'chunk size';
  }

  #readTrailers(bytes: Buffer, at: number, end: number): number {
    const before = this.#text.length;
    const taken = Math.min(end, at + MAX_HEAD_BYTES);
    const text = this.#text + bytes.toString('latin1', at, taken);
    // Without trailers, the empty line comes first.
    const length = text.startsWith('\r\n') ? 0 : text.indexOf(END_OF_HEAD, Math.max(0, before - 3)) + 2;
    if (length === 1 || length > MAX_HEAD_BYTES) {
      if (text.length >= MAX_HEAD_BYTES) throw new MalformedMessage('The trailers are too large');
      this.#text = text;
      return taken;
    }
    this.#text = '';
    const next = at + length + 2 - before;
    let trailers = NO_TRAILERS;
    if (length > 0) {
      const reader = new FieldReader(MEMORY);
      reader.read(Buffer.from(text, 'latin1'), 0, length + 2);
      trailers = reader.takeFields();
    }
    this.#complete(trailers, next < end);
    return next;
  }

  #complete(trailers: string[], surplus: boolean): void {
    this.#state = surplus ? 'over' : 'idle';
    this.#sink.onComplete(trailers, surplus);
  }
}

function part(bytes: Buffer, start: number, end: number, owned: boolean): Buffer {
  if (owned) return bytes.subarray(start, end);
  const copy = Buffer.allocUnsafe(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}
