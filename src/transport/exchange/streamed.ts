import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { StreamedResponse } from '../upstream.ts';
import { Exchange, type Limits } from './exchange.ts';
import type { FailureKind } from './failure.ts';
import { rawPairs } from './raw-pairs.ts';

export type OnInformational = (status: number, headers: string[]) => void;

/** A try whose answer is handed on while it comes, at the pace of its reader. */
export class StreamedExchange<R = never> extends Exchange<StreamedResponse | R> {
  readonly #onInformational: OnInformational | undefined;
  #body: Readable | undefined;
  #trailers: string[] = [];

  constructor(limits: Limits, onInformational: OnInformational | undefined) {
    super(limits);
    this.#onInformational = onInformational;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    const pairs = rawPairs(controller.rawHeaders);
    if (status < 200) {
      this.#onInformational?.(status, pairs);
      return;
    }
    this.headMs = this.limits.clock.now();
    this.stopHeadTimeout();
    // Events are sent for as long as both sides wish: only silence ends them.
    if (/^text\/event-stream\b/i.test(headers['content-type'] ?? '')) this.stopTimeout();
    this.#body = new Readable({
      read: () => controller.resume(),
      destroy: (error, callback) => {
        this.giveUp('aborted');
        callback(error);
      },
    });
    this.settle({
      status,
      statusText: statusText ?? '',
      headers: pairs,
      body: this.#body,
      trailers: () => this.#trailers,
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#trailers = rawPairs(controller.rawTrailers ?? trailers);
    this.#body?.push(null);
    this.end();
  }

  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.ended) return;
    super.onResponseError(controller, error);
    this.#body?.destroy(error);
  }

  override giveUp(kind: FailureKind): void {
    if (this.ended) return;
    super.giveUp(kind);
    // An incomplete body must not look complete to its reader.
    if (this.#body !== undefined && !this.#body.destroyed) this.#body.destroy(new Error(`The exchange ended: ${kind}`));
  }
}
