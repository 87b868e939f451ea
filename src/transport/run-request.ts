import type { RequestContext } from '../edge/request-context.ts';
import { WeirError } from '../errors.ts';
import type { Random } from './clock.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import type { RetrySuppression } from './events.ts';
import { Failure, kindOfAbort } from './exchange/failure.ts';
import { errorOfFailure, refusalError } from './failure-error.ts';
import { type BackoffSettings, backoffMs } from './retry/backoff.ts';
import { decideRetry } from './retry/decide-retry.ts';
import { type Try, type TryOptions, TryRunner } from './run-try.ts';
import type { Answer, RunnableRequest } from './runnable-request.ts';
import type { Priority } from './upstream.ts';
import { wait } from './wait.ts';

export interface RunnerOptions extends TryOptions {
  readonly retry:
    | (BackoffSettings & { readonly attempts: number; readonly hedgeAfterMs?: number | undefined })
    | undefined;
  readonly priorityOfTier: ReadonlyMap<string, Priority>;
  readonly random: Random;
  /** The `Set-Cookie` value that binds the client to the endpoint that answered; `undefined`: none is to be set. */
  readonly bind: ((context: RequestContext, endpoint: Endpoint) => string | undefined) | undefined;
}

/** Takes a request through the rules of its upstream: deadline, turn, breaker, endpoint, try, retry. */
export class RequestRunner {
  readonly #options: RunnerOptions;
  readonly #tries: TryRunner;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#tries = new TryRunner(options);
  }

  /** @throws {WeirError} See {@link Upstream.send}. */
  async run<R extends Answer>(request: RunnableRequest<R>, context: RequestContext): Promise<R> {
    const { state, retry, clock, upstream } = this.#options;
    const { breaker, limiter } = state;
    if ((context.aborts ?? context.signal).aborted) throw this.#abortError(context);
    const startedMs = clock.now();
    const endMs = Math.min(context.deadlineMs, startedMs + request.timeoutMs);
    const remainingMs = context.deadlineMs - startedMs;
    if (remainingMs <= 0 || remainingMs < state.latency.fastestMs) {
      this.#tries.emitRefused('deadline');
      throw errorOfFailure(new Failure('deadline', false), upstream);
    }
    // Before the turn: requests for an upstream that is left alone anyway must not queue for it.
    if (breaker?.refuses() === true) throw this.#tries.circuitOpen();
    if (limiter !== undefined && !limiter.tryAcquire()) await this.#waitForTurn(request, context);

    let last: Try<R> | undefined;
    try {
      state.budget?.deposit();
      let tried: Endpoint[] = NONE;
      for (let n = 0; ; n++) {
        let attempt = this.#tries.begin(request, context, tried, endMs, n);
        let result: R | Failure;
        if (
          n === 0 &&
          retry?.hedgeAfterMs !== undefined &&
          request.idempotent &&
          request.replayable &&
          request.mayHedge
        ) {
          [attempt, result] = await this.#hedge(request, context, attempt, endMs, retry.hedgeAfterMs);
        } else {
          result = await attempt.exchange.result;
          this.#tries.finish(attempt, result, request, context);
        }
        const outcome = result instanceof Failure ? result : result.status;
        if (outcome !== 200 && retry !== undefined && n < retry.attempts) {
          tried = [...tried, attempt.endpoint];
          const delayMs = this.#delayOfRetry(request, result, tried, n + 1, endMs);
          if (delayMs !== undefined) {
            if (!(result instanceof Failure)) request.discard(result);
            if (delayMs > 0) await wait(delayMs, context.signal, clock);
            if (context.signal.aborted) throw this.#abortError(context);
            // Open by now: what the try brought is the better answer, but it was let go of.
            if (breaker?.refuses() === true) throw this.#tries.circuitOpen();
            continue;
          }
        }
        if (result instanceof Failure) throw errorOfFailure(result, upstream);
        last = attempt;
        const cookie = this.#options.bind?.(context, attempt.endpoint);
        if (cookie !== undefined) request.addCookie(result, cookie);
        return result;
      }
    } finally {
      if (limiter !== undefined) {
        // A streamed answer keeps its turn until its body has ended.
        if (last === undefined || last.exchange.ended) limiter.release();
        else last.exchange.whenEnded(() => limiter.release());
      }
    }
  }

  /** Milliseconds to wait before the next try; `undefined`: this result is the last. */
  #delayOfRetry<R extends Answer>(
    request: RunnableRequest<R>,
    result: R | Failure,
    tried: readonly Endpoint[],
    n: number,
    endMs: number,
  ): number | undefined {
    const { retry, state, random, clock, onEvent, upstream } = this.#options;
    const outcome = result instanceof Failure ? result : result.status;
    const decision = decideRetry(outcome, request);
    if (decision === 'final') return undefined;
    if (decision !== 'retry') return this.#suppress(decision);
    const delayMs = backoffMs(n, retry as BackoffSettings, random);
    const untried = state.endpoints.some((endpoint) => !tried.includes(endpoint));
    // The endpoint asks for calm; another one did not.
    if (!(result instanceof Failure) && !untried && request.retryAfter(result) !== undefined) {
      return this.#suppress('retry_after');
    }
    if (clock.now() + delayMs + state.latency.expectedMs >= endMs) return this.#suppress('deadline');
    if (state.breaker?.refuses() === true) return undefined;
    if (state.budget?.withdraw() === false) return this.#suppress('budget');
    onEvent?.({ type: 'retry', upstream, outcome: outcome instanceof Failure ? outcome.kind : outcome, delayMs });
    return delayMs;
  }

  #suppress(reason: RetrySuppression): undefined {
    this.#options.onEvent?.({ type: 'retry_suppressed', upstream: this.#options.upstream, reason });
  }

  /** Starts a second try when the first takes long; the first good answer counts, the other try is given up. */
  async #hedge<R extends Answer>(
    request: RunnableRequest<R>,
    context: RequestContext,
    first: Try<R>,
    endMs: number,
    afterMs: number,
  ): Promise<[Try<R>, R | Failure]> {
    const { clock, state, upstream, onEvent } = this.#options;
    const race = (one: Try<R>) =>
      one.exchange.result.then((result) => {
        this.#tries.finish(one, result, request, context);
        return [one, result] as [Try<R>, R | Failure];
      });
    const firstDone = race(first);
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = clock.setTimeout(() => resolve(undefined), afterMs);
    const early = await Promise.race([firstDone, late]);
    clock.clearTimeout(timer);
    if (early !== undefined) return early;
    if (state.breaker?.refuses() === true || state.budget?.withdraw() === false) return firstDone;
    let second: Try<R>;
    try {
      second = this.#tries.begin(request, context, [first.endpoint], endMs, 1);
    } catch (error) {
      if (error instanceof WeirError) return firstDone;
      throw error;
    }
    onEvent?.({ type: 'hedge', upstream, endpoint: second.endpoint.id });
    const secondDone = race(second);
    const winner = await Promise.race([firstDone, secondDone]);
    const [other, otherDone] = winner[0] === first ? [second, secondDone] : [first, firstDone];
    const [, result] = winner;
    if (decideRetry(result instanceof Failure ? result : result.status, request) !== 'final') {
      if (!(result instanceof Failure)) request.discard(result);
      return otherDone;
    }
    other.exchange.giveUp('aborted');
    return winner;
  }

  async #waitForTurn<R extends Answer>(request: RunnableRequest<R>, context: RequestContext): Promise<void> {
    const { state, priorityOfTier, upstream, onEvent } = this.#options;
    const tier = context.identity?.tier;
    const ofTier = tier === undefined ? undefined : priorityOfTier.get(tier);
    const priority = request.priority ?? ofTier ?? 'normal';
    const refusal = await state.limiter?.acquire(priority, context.signal);
    if (refusal === undefined) return;
    if (refusal === 'aborted') throw this.#abortError(context);
    onEvent?.({ type: 'shed', upstream, reason: refusal, priority });
    throw refusalError('overloaded', upstream, RETRY_AFTER_OVERLOAD_MS);
  }

  #abortError({ aborts, signal }: RequestContext): WeirError {
    const { reason } = aborts ?? signal;
    return errorOfFailure(new Failure(kindOfAbort(reason), false), this.#options.upstream);
  }
}

const NONE: Endpoint[] = [];
const RETRY_AFTER_OVERLOAD_MS = 1_000;
