import type { Readable } from 'node:stream';
import type { StreamedResponse } from '../upstream.ts';
import { Exchange, type Limits } from './exchange.ts';
import type { FailureKind } from './failure.ts';
import { findField } from './find-field.ts';
import { isEventStream } from './is-event-stream.ts';
import { type BodySource, StreamedBody } from './streamed-body.ts';

export type OnInformational = (status: number, headers: readonly string[]) => void;

/** A try whose answer is handed on while it comes, at the pace of its reader. */
export class StreamedExchange<R = never> extends Exchange<StreamedResponse | R> implements BodySource {
  readonly #idleMs: number;
  readonly #onInformational: OnInformational | undefined;
  #answer: StreamedAnswer | undefined;
  #activeMs = 0;
  #paused = false;

  /** @param idleMs Longest silence while the body runs. */
  constructor(limits: Limits, idleMs: number, onInformational: OnInformational | undefined) {
    super(limits);
    this.#idleMs = idleMs;
    this.#onInformational = onInformational;
  }

  override onInformational(status: number, headers: readonly string[]): void {
    this.#onInformational?.(status, headers);
  }

  onHead(status: number, statusText: string, headers: readonly string[]): void {
    this.noteHead();
    this.#activeMs = this.headMs;
    // Events are sent for as long as both sides wish: only silence ends them.
    if (isEventStream(findField(headers, 'content-type'))) this.stopTimeout();
    const idleEndMs = this.headMs + this.#idleMs;
    if (idleEndMs < this.dueMs) this.reschedule(idleEndMs);
    this.#answer = new StreamedAnswer(status, statusText, headers, new StreamedBody(this));
    this.settle(this.#answer);
  }

  onData(chunk: Buffer): void {
    this.#activeMs = this.limits.clock.now();
    if (this.#answer?.content.push(chunk) !== false) return;
    this.#paused = true;
    this.wire?.pause();
  }

  onEnd(trailers: readonly string[]): void {
    const answer = this.#answer as StreamedAnswer;
    answer.trailing = trailers;
    this.end();
    answer.content.end();
  }

  override onError(error: Error, sent: boolean): void {
    if (this.ended) return;
    super.onError(error, sent);
    this.#answer?.content.fail(error);
  }

  override onDue(nowMs: number): void {
    if (this.#answer === undefined) {
      super.onDue(nowMs);
      return;
    }
    // Where the reader is the slow one, the silence is ours.
    if (this.#paused) this.#activeMs = nowMs;
    if (nowMs >= this.#activeMs + this.#idleMs) {
      this.giveUp('timeout');
      return;
    }
    super.onDue(nowMs);
    this.reschedule(this.#activeMs + this.#idleMs);
  }

  override giveUp(kind: FailureKind = 'aborted'): void {
    if (this.ended) return;
    super.giveUp(kind);
    this.#answer?.content.fail(new Error(`The exchange ended: ${kind}`));
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#activeMs = this.limits.clock.now();
    this.wire?.resume();
  }
}

class StreamedAnswer implements StreamedResponse {
  readonly status: number;
  readonly statusText: string;
  headers: readonly string[];
  readonly content: StreamedBody;
  trailing: readonly string[] = [];

  constructor(status: number, statusText: string, headers: readonly string[], content: StreamedBody) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.content = content;
  }

  get body(): Readable {
    return this.content.stream;
  }

  takeWhole(): Buffer | undefined {
    return this.content.takeWhole();
  }

  trailers(): string[] {
    return [...this.trailing];
  }
}
