import type { Span } from '@opentelemetry/api';
import type { Endpoint } from './endpoint/endpoint.ts';
import type { Exchange, Limits } from './exchange/exchange.ts';
import type { Repeatable } from './retry/decide-retry.ts';
import type { Priority } from './upstream.ts';

/** What the runner needs of an answer. */
export interface Answer {
  readonly status: number;
}

/** A request in whatever form, as the runner sees it. */
export interface RunnableRequest<R extends Answer> extends Repeatable {
  readonly method: string;
  readonly label: string | undefined;
  readonly priority: Priority | undefined;
  /** Milliseconds for all tries together. */
  readonly timeoutMs: number;
  /** Whether two tries may be under way at once, as far as the body goes. */
  readonly mayHedge: boolean;
  /** Puts a try on its way. */
  start(endpoint: Endpoint, limits: Limits, span: Span | undefined): Exchange<R>;
  /** Lets go of an answer that another try replaces. */
  discard(answer: R): void;
  retryAfter(answer: R): string | undefined;
  /** Has the client keep a cookie. @param cookie Value of `Set-Cookie`. */
  addCookie(answer: R, cookie: string): void;
}
