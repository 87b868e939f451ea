import type { UpstreamResponse } from '../upstream.ts';
import { decodeBody } from './decode-body.ts';
import { Exchange, type Limits } from './exchange.ts';
import { Failure } from './failure.ts';
import { headerRecord } from './header-record.ts';

/** A try whose answer is read to its end. */
export class BufferedExchange extends Exchange<UpstreamResponse> {
  readonly #maxBodyBytes: number;
  readonly #encoding: 'utf8' | 'latin1';
  #status = 0;
  #headers: Record<string, string | string[]> = {};
  #first: Buffer | undefined;
  #chunks: Buffer[] | undefined;
  #bytes = 0;

  constructor(limits: Limits, maxBodyBytes: number, encoding: 'utf8' | 'latin1') {
    super(limits);
    this.#maxBodyBytes = maxBodyBytes;
    this.#encoding = encoding;
  }

  onHead(status: number, _statusText: string, headers: readonly string[]): void {
    this.noteHead();
    this.#status = status;
    this.#headers = headerRecord(headers);
    if (Number(this.#headers['content-length']) > this.#maxBodyBytes) this.giveUp('too_large');
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBodyBytes) {
      this.giveUp('too_large');
      return;
    }
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#chunks === undefined) this.#chunks = [this.#first, chunk];
    else this.#chunks.push(chunk);
  }

  onEnd(): void {
    const raw = this.#chunks === undefined ? this.#first : Buffer.concat(this.#chunks, this.#bytes);
    const coding = this.#headers['content-encoding'];
    if (raw === undefined || coding === undefined || coding === 'identity') {
      this.end({ status: this.#status, headers: this.#headers, body: raw?.toString(this.#encoding) ?? '' });
      return;
    }
    const body = decodeBody(raw, String(coding), this.#maxBodyBytes);
    if (body instanceof Failure) {
      this.end(body);
      return;
    }
    // The body no longer is what these fields describe.
    const { 'content-encoding': _coding, 'content-length': _length, ...headers } = this.#headers;
    this.end({ status: this.#status, headers, body: body.toString(this.#encoding) });
  }
}
