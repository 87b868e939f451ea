import { Readable } from 'node:stream';
import { WeirError } from '../../errors.ts';
import type { Answerer, Layer, RouteAnswer, RouteExchange } from '../route-exchange.ts';
import type { Asked } from './cache-key.ts';
import type { CacheRules } from './cache-rules.ts';
import { addCacheStatus, type CacheReport, type ForwardReason } from './cache-status.ts';
import { AnswerFetcher, type Fetched, type Fetching } from './fetch-answer.ts';
import type { Fill } from './fill.ts';
import { abortReason } from './fill-scope.ts';
import { Fills } from './fills.ts';
import { ageOf, isFresh, type KeptAnswer, mayStandInWhileRenewed } from './kept-answer.ts';
import { fieldsOf304, isNotModified, readPreconditions } from './preconditions.ts';
import { type ClientControl, cookieNames, hasCredential, isBesideCache, readClientControl } from './request-facts.ts';
import { serveKept } from './serve-kept.ts';
import { type Found, Shelf } from './shelf.ts';

/** Longest wait for the answer to another's request, milliseconds; never more than half of the time that is left. */
const LONGEST_WAIT_MS = 5_000;
/** Requests that were waited for in vain, after which a request goes alone. */
const MOST_WAITS = 2;
/** Answers that are renewed at the same time beside the requests that met them stale. */
const MOST_RENEWALS = 256;

/** The cache of one route (RFC 9111). */
export class RouteCache implements Layer {
  readonly #rules: CacheRules;
  readonly #shelf: Shelf;
  readonly #fills: Fills;
  readonly #fetcher: AnswerFetcher;
  #renewals = 0;

  constructor(rules: CacheRules) {
    this.#rules = rules;
    this.#shelf = new Shelf(rules.store, rules.epochMs);
    this.#fills = new Fills(rules.clock);
    this.#fetcher = new AnswerFetcher(rules, this.#shelf, this.#fills);
  }

  wrap(next: Answerer): Answerer {
    return (exchange) => this.#answer(exchange, next);
  }

  /** What is kept for a URI is no more to be given, nor what is on its way (RFC 9111 §4.4). */
  async invalidate(asked: Asked): Promise<void> {
    const uri = this.#rules.keys.of(asked);
    this.#fills.outdate(uri);
    await this.#shelf.clear(uri);
    this.#rules.onEvent({ type: 'invalidated', route: this.#rules.route });
  }

  async #answer(exchange: RouteExchange, next: Answerer): Promise<RouteAnswer> {
    const { method, scope } = exchange;
    const { keys, definition, ownCookies, epochMs } = this.#rules;
    if (method !== 'GET' && method !== 'HEAD') return this.#pass(exchange, next, 'bypass', 'method');
    exchange.query = keys.query(exchange.query);
    if (this.#isBeside(exchange)) return this.#pass(exchange, next, 'bypass', 'bypass');
    const control = readClientControl(scope.headers, definition.clientControl);
    const isKnown = hasCredential(exchange, ownCookies);
    const uri = keys.of(exchange);
    for (let waits = 0; ; waits += 1) {
      const looked = this.#shelf.find(uri, exchange);
      const found = looked instanceof Promise ? await looked : looked;
      const kept = found.answer;
      if (kept !== undefined) {
        const nowMs = epochMs();
        if (satisfies(kept, control, nowMs)) return this.#give(exchange, kept, isFresh(kept, nowMs) ? 'hit' : 'stale');
        if (mayWaitForRenewal(kept, control, nowMs) && method === 'GET') {
          this.#renew({ exchange, next, found, forward: 'stale', hasCredential: isKnown }, keyOf(found, isKnown));
          return this.#give(exchange, kept, 'stale');
        }
      }
      if (control.onlyIfCached) throw new WeirError('NOT_CACHED');
      const forward = reasonFor(found, epochMs());
      if (method === 'HEAD' || control.noStore || scope.headers.range !== undefined) {
        return this.#pass(exchange, next, 'pass', forward);
      }
      const key = keyOf(found, isKnown);
      const underWay = waits < MOST_WAITS ? this.#fills.get(key) : undefined;
      if (underWay === undefined) {
        return this.#lead({ exchange, next, found, forward, hasCredential: isKnown }, key);
      }
      const filled = await underWay.wait(scope, this.#longestWaitMs(exchange));
      if ((scope.aborts ?? scope.signal).aborted) throw abortReason(scope);
      if (filled === undefined || filled.keyFor(exchange) !== filled.key) continue;
      const { answer, isForError } = filled;
      if (isForError === true) return this.#give(exchange, answer, 'stale_on_error', { forward });
      if (satisfies(answer, control, epochMs())) return this.#give(exchange, answer, 'collapsed', { forward });
    }
  }

  #isBeside(exchange: RouteExchange): boolean {
    const { headers } = exchange.scope;
    const { bypassHeaders, bypassCookies } = this.#rules;
    if (isBesideCache(exchange) || bypassHeaders.some((name) => headers[name] !== undefined)) return true;
    if (bypassCookies.length === 0 || headers.cookie === undefined) return false;
    return cookieNames(headers.cookie).some((name) => bypassCookies.includes(name));
  }

  #longestWaitMs({ scope }: RouteExchange): number {
    return Math.max(0, Math.min(LONGEST_WAIT_MS, (scope.deadlineMs - this.#rules.clock.now()) / 2));
  }

  async #pass(
    exchange: RouteExchange,
    next: Answerer,
    outcome: CacheReport['outcome'],
    forward: ForwardReason,
  ): Promise<RouteAnswer> {
    return this.#report(exchange, await next(exchange), { outcome, forward });
  }

  #give(
    exchange: RouteExchange,
    kept: KeptAnswer,
    outcome: CacheReport['outcome'],
    rest: Partial<CacheReport> = {},
  ): RouteAnswer {
    const nowMs = this.#rules.epochMs();
    const answer = serveKept(kept, exchange, nowMs);
    return this.#report(exchange, answer, { ...rest, outcome, ttlMs: kept.freshMs - ageOf(kept, nowMs) });
  }

  /** Sends the request on, for all who come meanwhile. */
  async #lead(asked: Omit<Fetching, 'fill' | 'sendsConditions'>, key: string): Promise<RouteAnswer> {
    const { exchange, found } = asked;
    const sendsConditions = this.#fills.isAlone(key);
    const fill = this.#fills.begin(found.uri, key, exchange.scope);
    const fetching = this.#fetcher.fetch({ ...asked, fill, sendsConditions });
    return this.#respond(exchange, await untilAborted(fetching, exchange, fill), fill);
  }

  #respond(exchange: RouteExchange, fetched: Fetched, fill: Fill): RouteAnswer {
    const { report } = fetched;
    if (fetched.kept !== undefined) {
      return this.#report(exchange, serveKept(fetched.kept, exchange, this.#rules.epochMs()), report);
    }
    const { answer } = fetched;
    if (answer.status === 200 && isNotModified(readPreconditions(exchange.headers), answer.headers)) {
      // The body is for the store alone, if it is for that.
      if (answer.body instanceof Readable) settleBody(answer.body, report.outcome === 'miss');
      if (report.outcome === 'miss') fill.scope.detach();
      return this.#report(exchange, { status: 304, headers: fieldsOf304(answer.headers), body: null }, report);
    }
    return this.#report(exchange, answer, report);
  }

  /** Asks the upstream again, beside the request that has met a stale answer. */
  #renew(asked: Omit<Fetching, 'fill' | 'sendsConditions'>, key: string): void {
    const { exchange, found } = asked;
    const { onEvent, route } = this.#rules;
    if (this.#fills.get(key) !== undefined || this.#fills.isAlone(key) || this.#renewals >= MOST_RENEWALS) return;
    const fill = this.#fills.begin(found.uri, key, exchange.scope);
    fill.scope.detach();
    this.#renewals += 1;
    this.#fetcher
      .fetch({ ...asked, fill, sendsConditions: false })
      .then(
        (fetched) => {
          const { outcome } = fetched.report;
          if (fetched.kept === undefined) {
            if (fetched.answer.body instanceof Readable) settleBody(fetched.answer.body, outcome === 'miss');
            if (outcome === 'pass') fill.end();
          }
          const became = outcome === 'miss' ? 'replaced' : outcome === 'revalidated' ? 'revalidated' : 'failed';
          onEvent({ type: 'renewed', route, outcome: became });
        },
        () => onEvent({ type: 'renewed', route, outcome: 'failed' }),
      )
      .finally(() => {
        this.#renewals -= 1;
      });
  }

  #report(exchange: RouteExchange, answer: RouteAnswer, report: CacheReport): RouteAnswer {
    const { route, tellsStatus, onEvent } = this.#rules;
    const { outcome } = report;
    exchange.scope.facts.cache = outcome;
    if (tellsStatus) addCacheStatus(answer.headers, report);
    onEvent({ type: 'answered', route, outcome });
    return answer;
  }
}

/** What requests have in common that wait for each other: who is known waits for nobody who is not. */
function keyOf({ key }: Found, isKnown: boolean): string {
  return isKnown ? `${key}\nknown` : key;
}

/** Whether the client may have it as it is (RFC 9111 §4). */
function satisfies(kept: KeptAnswer, control: ClientControl, nowMs: number): boolean {
  const { noCache, maxAgeMs, minFreshMs, maxStaleMs } = control;
  const ageMs = ageOf(kept, nowMs);
  if (noCache || ageMs > maxAgeMs) return false;
  if (isFresh(kept, nowMs)) return kept.freshMs - ageMs >= minFreshMs;
  return kept.mayBeStale && minFreshMs === 0 && ageMs < kept.freshMs + maxStaleMs;
}

/** Whether the client may have it while it is renewed. */
function mayWaitForRenewal(kept: KeptAnswer, control: ClientControl, nowMs: number): boolean {
  const { noCache, maxAgeMs, minFreshMs } = control;
  if (noCache || minFreshMs > 0 || ageOf(kept, nowMs) > maxAgeMs) return false;
  return mayStandInWhileRenewed(kept, nowMs);
}

function reasonFor({ answer, variants }: Found, nowMs: number): ForwardReason {
  if (answer !== undefined) return isFresh(answer, nowMs) ? 'request' : 'stale';
  return variants === undefined ? 'uri-miss' : 'vary-miss';
}

/** What is fetched for others too outlives the request that it was asked for by. */
async function untilAborted(fetching: Promise<Fetched>, { scope }: RouteExchange, fill: Fill): Promise<Fetched> {
  const source = scope.aborts ?? scope.signal;
  const left = Promise.withResolvers<never>();
  const listener = { handleEvent: () => left.reject(abortReason(scope)) };
  source.addEventListener('abort', listener);
  try {
    return await Promise.race([fetching, left.promise]);
  } catch (error) {
    // Its answer has no reader any more.
    fetching.then(
      (fetched) => {
        if (fetched.kept !== undefined) return;
        if (fetched.answer.body instanceof Readable) settleBody(fetched.answer.body, false);
        if (fetched.report.outcome === 'pass') fill.end();
      },
      () => {},
    );
    throw error;
  } finally {
    source.removeEventListener('abort', listener);
  }
}

/** Reads a body to its end for what listens on the way, or lets go of it. */
function settleBody(body: Readable, isKept: boolean): void {
  body.on('error', () => {});
  if (isKept) body.resume();
  else body.destroy();
}
