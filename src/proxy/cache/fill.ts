import type { Clock } from '../../transport/clock.ts';
import type { RouteScope } from '../route-exchange.ts';
import { FillScope } from './fill-scope.ts';
import type { KeptAnswer } from './kept-answer.ts';

/** What those who waited get. */
export interface Filled {
  /** Where it is kept: who has another variant's key needs another answer. */
  readonly key: string;
  /** Finds the key of a request among the variants. */
  readonly keyFor: (exchange: { readonly scope: RouteScope; readonly headers: string[] }) => string;
  readonly answer: KeptAnswer;
  /** Whether it stands in for an answer that the upstream failed to give: it may be stale. */
  readonly isForError?: boolean;
}

export interface FillOptions {
  readonly uri: string;
  /** What those have in common who may wait for it. */
  readonly key: string;
  /** The request that it is sent for. */
  readonly cause: RouteScope;
  readonly clock: Clock;
  readonly onSettled: (fill: Fill) => void;
}

/** A request to the upstream that others with the same key wait for. */
export class Fill {
  readonly uri: string;
  readonly key: string;
  readonly scope: FillScope;
  /** What was kept; `undefined`: nothing that is for others. Never rejects. */
  readonly settled: Promise<Filled | undefined>;
  /** What it brings was changed meanwhile, and is not to be kept. */
  isOutdated = false;
  readonly #resolve: (filled: Filled | undefined) => void;
  readonly #options: FillOptions;
  #waiting = 0;
  #isSettled = false;

  constructor(options: FillOptions) {
    const { promise, resolve } = Promise.withResolvers<Filled | undefined>();
    this.uri = options.uri;
    this.key = options.key;
    this.settled = promise;
    this.#resolve = resolve;
    this.#options = options;
    this.scope = new FillScope(options.cause, options.clock, () => this.isWanted);
  }

  /** Whether somebody else waits for it. */
  get isWanted(): boolean {
    return this.#waiting > 0;
  }

  /** Lets go of all who wait. The second time nothing happens. */
  settle(filled?: Filled): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#options.onSettled(this);
    this.#resolve(filled);
  }

  /** Nothing comes any more. */
  end(filled?: Filled): void {
    this.settle(filled);
    this.scope.end();
  }

  /**
   * Waits for it, at most so long, and no longer than the waiting request itself is wanted.
   * @returns `undefined`: it brought nothing for others, or not in time.
   */
  async wait({ aborts, signal }: RouteScope, timeoutMs: number): Promise<Filled | undefined> {
    const { clock } = this.#options;
    const source = aborts ?? signal;
    const given = Promise.withResolvers<undefined>();
    const giveUp = () => given.resolve(undefined);
    const listener = { handleEvent: giveUp };
    const timer = clock.setTimeout(giveUp, timeoutMs);
    source.addEventListener('abort', listener);
    this.#waiting += 1;
    try {
      return await Promise.race([this.settled, given.promise]);
    } finally {
      this.#waiting -= 1;
      source.removeEventListener('abort', listener);
      clock.clearTimeout(timer);
    }
  }
}
