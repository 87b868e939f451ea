import type { Span } from '@opentelemetry/api';
import type { DeadlineQueue } from '../deadline-queue.ts';
import type { RequestContext } from '../edge/request-context.ts';
import type { WeirError } from '../errors.ts';
import type { EndpointChooser } from './balance/choose-endpoint.ts';
import { type Permit, REFUSED } from './breaker/breaker.ts';
import type { Clock, Timer } from './clock.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import type { OnTransportEvent } from './events.ts';
import type { Exchange } from './exchange/exchange.ts';
import { Failure } from './exchange/failure.ts';
import { refusalError } from './failure-error.ts';
import { isFailureOfUpstream } from './is-failure-of-upstream.ts';
import type { Answer, RunnableRequest } from './runnable-request.ts';
import { endTrySpan, startTrySpan } from './try-span.ts';
import type { UpstreamState } from './upstream-state.ts';

export interface TryOptions {
  readonly upstream: string;
  readonly state: UpstreamState;
  readonly chooser: EndpointChooser;
  readonly perTryMs: number;
  readonly headTimeoutMs: number;
  readonly failureStatuses: readonly number[];
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue<Timer>;
  /** `undefined`: nobody listens, so no event is made for each try. */
  readonly onEvent: OnTransportEvent | undefined;
}

/** A try on its way. */
export interface Try<R> {
  readonly endpoint: Endpoint;
  readonly permit: Permit;
  readonly exchange: Exchange<R>;
  readonly span: Span | undefined;
  readonly startedMs: number;
  readonly retry: number;
}

/** Takes a single try through the breaker, the balancer and the wire, and tells the policies how it went. */
export class TryRunner {
  readonly #options: TryOptions;

  constructor(options: TryOptions) {
    this.#options = options;
  }

  /**
   * Starts a try at an endpoint that the balancer chooses.
   * @throws {WeirError} `UPSTREAM_UNAVAILABLE`: the circuit is open, or no endpoint is healthy.
   */
  begin<R extends Answer>(
    request: RunnableRequest<R>,
    context: RequestContext,
    tried: readonly Endpoint[],
    endMs: number,
    retry: number,
  ): Try<R> {
    const { state, chooser, clock, deadlines, upstream, perTryMs, headTimeoutMs } = this.#options;
    const permit = state.breaker === undefined ? 0 : state.breaker.admit();
    if (permit === REFUSED) throw this.circuitOpen();
    const startedMs = clock.now();
    const endpoint = chooser.choose(context, tried, startedMs);
    if (endpoint === undefined) {
      state.breaker?.release(permit);
      this.emitRefused('no_healthy_endpoint');
      throw refusalError('no_healthy_endpoint', upstream);
    }
    const span =
      context.passedTrace !== undefined
        ? undefined
        : startTrySpan(context, {
            upstream,
            endpoint: endpoint.id,
            method: request.method,
            label: request.label,
            resendCount: retry,
          });
    const remainingMs = Math.max(1, endMs - startedMs);
    const exchange = request.start(
      endpoint,
      {
        clock,
        deadlines,
        startedMs,
        signal: context.aborts ?? context.signal,
        deadlineMs: context.deadlineMs,
        timeoutMs: Math.min(perTryMs, remainingMs),
        timeoutKind: perTryMs >= remainingMs && endMs === context.deadlineMs ? 'deadline' : 'timeout',
        headTimeoutMs,
      },
      span,
    );
    exchange.countAt(endpoint);
    return { endpoint, permit, exchange, span, startedMs, retry };
  }

  /** Tells the policies what a try has come to: the head of the answer (or all of it), or a failure. */
  finish<R extends Answer>(
    started: Try<R>,
    result: R | Failure,
    request: RunnableRequest<R>,
    context: RequestContext,
  ): void {
    const { state, clock, upstream, failureStatuses, onEvent } = this.#options;
    const { endpoint, permit, span, startedMs, retry } = started;
    const durationMs = clock.now() - startedMs;
    const outcome = result instanceof Failure ? result.kind : result.status;
    const failed = isFailureOfUpstream(outcome, failureStatuses, durationMs, request.timeoutMs);
    if (failed === undefined) {
      state.breaker?.release(permit);
    } else if (failed) {
      state.breaker?.fail(permit);
      state.ejection?.fail(endpoint, state.endpoints);
    } else {
      state.breaker?.succeed(permit);
      state.ejection?.succeed(endpoint);
      state.latency.record(durationMs);
      this.#adapt(durationMs);
    }
    if (state.rollout !== undefined && failed !== undefined) {
      const side = endpoint.version === state.split?.version ? 'canary' : 'stable';
      state.rollout.record(side, failed || (typeof outcome === 'number' && outcome >= 500), durationMs);
    }
    endTrySpan(span, context, outcome);
    onEvent?.({
      type: 'try',
      upstream,
      endpoint: endpoint.id,
      version: endpoint.version,
      method: request.method,
      label: request.label,
      retry,
      outcome,
      durationMs,
    });
  }

  #adapt(durationMs: number): void {
    const { gradient, limiter } = this.#options.state;
    if (gradient === undefined || limiter === undefined) return;
    if (!gradient.record(durationMs, limiter.running)) return;
    limiter.limit = gradient.limit;
    this.#options.onEvent?.({ type: 'limit', upstream: this.#options.upstream, limit: limiter.limit });
  }

  circuitOpen(): WeirError {
    this.emitRefused('circuit_open');
    return refusalError('circuit_open', this.#options.upstream, this.#options.state.breaker?.retryAfterMs() ?? 0);
  }

  emitRefused(reason: 'circuit_open' | 'no_healthy_endpoint' | 'deadline'): void {
    this.#options.onEvent?.({ type: 'refused', upstream: this.#options.upstream, reason });
  }
}
