/** The part of an `AbortSignal` that most of those who wait need. */
export interface AbortSource {
  readonly aborted: boolean;
  /** Of use once it is aborted. */
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: EventListenerObject): void;
  removeEventListener(type: 'abort', listener: EventListenerObject): void;
}

const ABORT = new Event('abort');

/** An abort signal that costs next to nothing for as long as nobody asks for the real one. */
export class Abortion implements AbortSource {
  #reason: Error | undefined;
  #controller: AbortController | undefined;
  /** Usually there is one at a time. */
  #listener: EventListenerObject | undefined;
  #others: Set<EventListenerObject> | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): Error | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  addEventListener(_type: 'abort', listener: EventListenerObject): void {
    if (this.#listener === undefined) {
      this.#listener = listener;
    } else {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }

  removeEventListener(_type: 'abort', listener: EventListenerObject): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#others?.delete(listener);
  }

  /** Does nothing the second time. */
  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    const first = this.#listener;
    const others = this.#others === undefined ? [] : [...this.#others];
    this.#listener = undefined;
    this.#others = undefined;
    first?.handleEvent(ABORT);
    for (const listener of others) listener.handleEvent(ABORT);
  }
}
