import { WeirError } from '../../../errors.ts';
import { ChunkSize } from '../../../http1/chunk-size.ts';
import { FieldReader } from '../../../http1/field-reader.ts';
import { MalformedMessage } from '../../../http1/malformed-message.ts';
import { endOfStartLine } from '../../../http1/start-line.ts';
import { ViewedMemory } from '../../../http1/viewed-memory.ts';
import { completeHead, type Http1RequestHead, readStartLine } from './request-head.ts';

/** What a parser tells, in the order of the bytes. */
export interface RequestSink {
  onHead(head: Http1RequestHead): void;
  onBody(chunk: Buffer): void;
  /** The end of a body; a request without one ends with its head. The parser reads nothing of the next request before {@link RequestParser.next}. */
  onComplete(trailers: string[]): void;
}

const MAX_TRAILERS_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const LF = 0x0a;
const CR = 0x0d;
const NO_TRAILERS: string[] = [];

/** What connections are read into. */
const MEMORY = new ViewedMemory();

interface WholeHead {
  readonly head: Http1RequestHead;
  /** Where it ends. */
  readonly next: number;
}

type State = 'head' | 'length' | 'chunk size' | 'chunk data' | 'chunk end' | 'trailers' | 'complete' | 'over';

/**
 * Reads the requests on one connection (RFC 9112) from bytes in whatever pieces they come, and of each no more than what belongs to
 * it. Strict: what another reader might frame in another way is refused.
 */
export class RequestParser {
  readonly #sink: RequestSink;
  readonly #maxHeadBytes: number;
  readonly #chunkSize = new ChunkSize();
  #state: State = 'head';
  readonly #fieldReader = new FieldReader(MEMORY);
  /** The part of a head or of trailers that is here so far. */
  #text = '';
  #remaining = 0;
  #crSeen = false;

  constructor(sink: RequestSink, maxHeadBytes: number) {
    this.#sink = sink;
    this.#maxHeadBytes = maxHeadBytes;
  }

  /** Whether a head is here in part. */
  get isInHead(): boolean {
    return this.#state === 'head' && this.#text !== '';
  }

  /** The request is answered: what follows is another. */
  next(): void {
    if (this.#state === 'complete') this.#state = 'head';
  }

  /** Tells no more, whatever comes. */
  stop(): void {
    this.#state = 'over';
  }

  /**
   * @returns How much of `bytes` was read: all of them, or up to the end of a request.
   * @throws {WeirError} `MALFORMED_REQUEST`, `HEADERS_TOO_LARGE`, `HTTP_VERSION_NOT_SUPPORTED`, `NOT_IMPLEMENTED`: nothing that
   * comes by the connection is of use after that.
   */
  execute(bytes: Buffer, at: number): number {
    const end = bytes.length;
    try {
      while (at < end) {
        switch (this.#state) {
          case 'head':
            at = this.#readHead(bytes, at, end);
            break;
          case 'length':
            at = this.#readBody(bytes, at, end);
            if (this.#remaining === 0 && this.#state === 'length') this.#complete(NO_TRAILERS);
            break;
          case 'chunk size':
            if (this.#chunkSize.read(bytes, at, end)) {
              this.#remaining = this.#chunkSize.value;
              this.#state = this.#remaining === 0 ? 'trailers' : 'chunk data';
            }
            at = this.#chunkSize.at;
            break;
          case 'chunk data':
            at = this.#readBody(bytes, at, end);
            if (this.#remaining === 0 && this.#state === 'chunk data') this.#state = 'chunk end';
            break;
          case 'chunk end':
            this.#readChunkEnd(bytes[at++] as number);
            break;
          case 'trailers':
            at = this.#readTrailers(bytes, at, end);
            break;
          case 'complete':
            return at;
          case 'over':
            return end;
        }
      }
      return at;
    } catch (error) {
      this.#state = 'over';
      if (error instanceof MalformedMessage) throw new WeirError('MALFORMED_REQUEST', error.message);
      throw error;
    }
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const before = this.#text.length;
    // It comes in one piece, almost always.
    if (before === 0) {
      const whole = this.#parseHead(bytes, at, Math.min(end, at + this.#maxHeadBytes));
      if (whole !== undefined) {
        this.#startBody(whole.head);
        return whole.next;
      }
    }
    const taken = Math.min(end, at + this.#maxHeadBytes + 1);
    const text = this.#text + bytes.toString('latin1', at, taken);
    const start = startOfHead(text);
    const length = text.indexOf(END_OF_HEAD, Math.max(start, before - END_OF_HEAD.length + 1)) + END_OF_HEAD.length;
    if (length < END_OF_HEAD.length || length > this.#maxHeadBytes) {
      if (text.length > this.#maxHeadBytes) {
        throw new WeirError('HEADERS_TOO_LARGE', 'The header is larger than the gateway admits');
      }
      // What is not HTTP need not be waited for to its end.
      if (LONE_LF.test(text)) throw new MalformedMessage('A line ends with a line feed alone');
      this.#text = text;
      return taken;
    }
    this.#text = '';
    const { head } = this.#parseHead(Buffer.from(text, 'latin1'), start, length) as WholeHead;
    this.#startBody(head);
    return at + length - before;
  }

  /** @returns `undefined`: it does not end before `end`. */
  #parseHead(bytes: Buffer, at: number, end: number): WholeHead | undefined {
    // RFC 9112 §2.2: an empty line before a request is read over.
    while (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    const lineEnd = endOfStartLine(bytes, at, end);
    if (lineEnd === -1) return undefined;
    const line = readStartLine(bytes.toString('latin1', at, lineEnd));
    const next = this.#fieldReader.read(bytes, lineEnd + 2, end);
    if (next === -1) return undefined;
    return { head: completeHead(line, this.#fieldReader.takeFields()), next };
  }

  #startBody(head: Http1RequestHead): void {
    const { framing } = head;
    if (framing === 'unknown') {
      this.#state = 'over';
      this.#sink.onHead(head);
      return;
    }
    if (framing === 'chunked') {
      this.#chunkSize.reset();
      this.#state = 'chunk size';
    } else {
      this.#remaining = framing;
      this.#state = framing === 0 ? 'complete' : 'length';
    }
    this.#sink.onHead(head);
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const next = Math.min(end, at + this.#remaining);
    this.#remaining -= next - at;
    this.#sink.onBody(bytes.subarray(at, next));
    return next;
  }

  #readChunkEnd(byte: number): void {
    if (byte !== (this.#crSeen ? LF : CR)) throw new MalformedMessage('A chunk is longer than its size');
    this.#crSeen = !this.#crSeen;
    if (!this.#crSeen) this.#state = 'chunk size';
  }

  #readTrailers(bytes: Buffer, at: number, end: number): number {
    const before = this.#text.length;
    const taken = Math.min(end, at + MAX_TRAILERS_BYTES);
    const text = this.#text + bytes.toString('latin1', at, taken);
    // Without trailers, the empty line comes first.
    const length = text.startsWith('\r\n') ? 0 : text.indexOf(END_OF_HEAD, Math.max(0, before - 3)) + 2;
    if (length === 1 || length > MAX_TRAILERS_BYTES) {
      if (text.length >= MAX_TRAILERS_BYTES) throw new WeirError('HEADERS_TOO_LARGE', 'The trailers are too large');
      if (LONE_LF.test(text)) throw new MalformedMessage('A line ends with a line feed alone');
      this.#text = text;
      return taken;
    }
    this.#text = '';
    this.#complete(length === 0 ? NO_TRAILERS : readTrailers(text, length));
    return at + length + 2 - before;
  }

  #complete(trailers: string[]): void {
    this.#state = 'complete';
    this.#sink.onComplete(trailers);
  }
}

/** Behind the empty lines before it. */
function startOfHead(text: string): number {
  let start = 0;
  while (text.startsWith('\r\n', start)) start += 2;
  return start;
}

const LONE_LF = /(?:^|[^\r])\n/;

function readTrailers(text: string, length: number): string[] {
  const reader = new FieldReader(MEMORY);
  reader.read(Buffer.from(text, 'latin1'), 0, length + 2);
  const trailers = reader.takeFields();
  for (let at = 0; at < trailers.length; at += 2) {
    // RFC 9110 §6.5.1: they would say after the fact how the message was to be read.
    if (/^(?:content-length|transfer-encoding|host)$/i.test(trailers[at] as string)) {
      throw new MalformedMessage('A field of the framing stands in the trailers');
    }
  }
  return trailers;
}
