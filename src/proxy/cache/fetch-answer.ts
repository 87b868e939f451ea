import { Readable } from 'node:stream';
import { ERRORS, WeirError } from '../../errors.ts';
import { isEventStream } from '../../transport/exchange/is-event-stream.ts';
import { type FieldLines, findField } from '../field-lines.ts';
import type { Answerer, RouteAnswer, RouteExchange, RouteScope } from '../route-exchange.ts';
import type { CacheRules } from './cache-rules.ts';
import type { CacheReport, ForwardReason } from './cache-status.ts';
import type { Fill, Filled } from './fill.ts';
import { FillBody, joinChunks } from './fill-body.ts';
import type { Fills } from './fills.ts';
import { ageOf, hasValidator, type KeptAnswer, mayStandInForError, type Terms } from './kept-answer.ts';
import { fieldsToKeep, freshenFields } from './kept-fields.ts';
import { matchesWeakly } from './preconditions.ts';
import { readTerms } from './read-terms.ts';
import type { Found, Shelf } from './shelf.ts';
import { namesInVary } from './variant.ts';

/** A request that is sent on so that its answer may be kept. */
export interface Fetching {
  readonly fill: Fill;
  readonly exchange: RouteExchange;
  readonly next: Answerer;
  readonly found: Found;
  readonly forward: ForwardReason;
  readonly hasCredential: boolean;
  /** Whether the client's own conditions are sent on: nothing would be kept of the whole. */
  readonly sendsConditions: boolean;
}

/** What comes of it: an answer on its way, or one that is kept. */
export type Fetched = {
  readonly report: CacheReport;
} & ({ readonly kept: KeptAnswer } | { readonly kept?: undefined; readonly answer: RouteAnswer });

/** Answers that count as failures of the upstream (RFC 5861 §4). */
const FAILURES = new Set([500, 502, 503, 504]);

/** Sends requests on, and keeps what may be kept of the answers. */
export class AnswerFetcher {
  readonly #rules: CacheRules;
  readonly #shelf: Shelf;
  readonly #fills: Fills;

  constructor(rules: CacheRules, shelf: Shelf, fills: Fills) {
    this.#rules = rules;
    this.#shelf = shelf;
    this.#fills = fills;
  }

  /** @throws what `next` throws, where nothing kept may stand in for its answer. */
  async fetch(fetching: Fetching): Promise<Fetched> {
    const { fill, next, found, forward } = fetching;
    const kept = found.answer;
    const sentAtMs = this.#rules.epochMs();
    let answer: RouteAnswer;
    try {
      answer = await next(innerExchange(fetching));
    } catch (error) {
      if (kept !== undefined && isFailure(error) && this.#standsIn(kept, fill.scope)) {
        fill.end(standIn(found, kept));
        return this.#fromKept(kept, 'stale_on_error', { forward });
      }
      fill.end();
      throw error;
    }
    const { status } = answer;
    if (kept !== undefined && status === 304 && hasValidator(kept.headers)) {
      if (isAbout(kept, answer.headers)) return this.#freshen(fetching, kept, answer, sentAtMs);
      // It is about something else than what is kept: only the whole helps (RFC 9111 §4.3.3).
      await this.#shelf.remove(found);
      return this.fetch({ ...fetching, found: { ...found, answer: undefined } });
    }
    if (kept !== undefined && FAILURES.has(status) && this.#standsIn(kept, fill.scope)) {
      fill.end(standIn(found, kept));
      discard(answer);
      return this.#fromKept(kept, 'stale_on_error', { forward, forwardStatus: status });
    }
    const place = this.#judge(fetching, answer, sentAtMs);
    if (place !== undefined) return this.#keep(fetching, answer, place);
    // The newer answer counts, also where it is for its client alone (RFC 9111 §4.3.3).
    if (kept !== undefined && status < 500 && !fetching.hasCredential) await this.#shelf.remove(found);
    if (!fill.isOutdated) this.#fills.markAlone(fill, status);
    fill.settle();
    return { answer, report: { outcome: 'pass', forward } };
  }

  #standsIn(kept: KeptAnswer, scope: RouteScope): boolean {
    return !(scope.aborts ?? scope.signal).aborted && mayStandInForError(kept, this.#rules.epochMs());
  }

  #fromKept(kept: KeptAnswer, outcome: CacheReport['outcome'], rest: Partial<CacheReport>): Fetched {
    const ttlMs = kept.freshMs - ageOf(kept, this.#rules.epochMs());
    return { kept, report: { ...rest, outcome, ttlMs } };
  }

  /** The terms of an answer, and the headers that it depends on; `undefined`: it is not to be kept. */
  #judge({ fill, hasCredential }: Fetching, { status, headers }: RouteAnswer, sentAtMs: number): Place | undefined {
    const { definition, targets, maxEntryBytes, isToldOfClient } = this.#rules;
    if (fill.isOutdated || isEventStream(findField(headers, 'content-type'))) return undefined;
    if (Number(findField(headers, 'content-length') ?? 0) > maxEntryBytes) return undefined;
    const varying = namesInVary(headers);
    if (varying === undefined || varying.some(isToldOfClient)) return undefined;
    const { defaultTtlMs = 0, negativeTtlMs = 0, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = definition;
    const terms = readTerms(
      { status, headers, hasCredential, setsCookie: this.#setsCookie(headers), sentAtMs },
      { targets, defaultTtlMs, negativeTtlMs, staleWhileRevalidateMs, staleIfErrorMs },
    );
    if (terms === undefined) return undefined;
    const named = definition.key.headers.map((name) => name.toLowerCase());
    return { terms, names: [...new Set([...varying, ...named])] };
  }

  #setsCookie(headers: FieldLines): boolean {
    for (let at = 0; at < headers.length; at += 2) {
      if (headers[at] !== 'set-cookie') continue;
      if (!this.#rules.ownCookies.has((headers[at + 1] as string).split('=', 1)[0]?.trim() ?? '')) return true;
    }
    return false;
  }

  #keep(fetching: Fetching, answer: RouteAnswer, place: Place): Fetched {
    const { fill, forward } = fetching;
    const { body, status } = answer;
    const { epochMs, maxEntryBytes, held } = this.#rules;
    const lines = [...answer.headers];
    const receivedAtMs = epochMs();
    const put = (bytes: Buffer) => {
      const length = findField(lines, 'content-length');
      const isWhole = length === undefined || Number(length) === bytes.length;
      if (isWhole && bytes.length <= maxEntryBytes) {
        this.#put(fetching, place, {
          ...place.terms,
          ...{ status, headers: fieldsToKeep(lines, status, bytes.length, receivedAtMs), body: bytes },
        });
      } else fill.end();
    };
    if (place.terms.freshMs + place.terms.staleWhileRevalidateMs === 0) {
      // Each must ask for itself: nobody waits for another's answer.
      this.#fills.markAlone(fill, status);
      fill.settle();
    } else this.#fills.markShared(fill);
    if (body instanceof Readable) {
      answer.body = new FillBody(body, {
        maxBytes: maxEntryBytes,
        onWhole: put,
        held,
        onLost: (why) => {
          if (why === 'too_large') this.#fills.markAlone(fill, status);
          // A body that goes on is still its reader's, and ends with it.
          if (why === 'broken') fill.end();
          else fill.settle();
        },
        isWanted: () => fill.isWanted,
      });
    } else put(body === null ? Buffer.alloc(0) : joinChunks([body], body.length));
    return { answer, report: { outcome: 'miss', forward, ttlMs: place.terms.freshMs - ageOf(place.terms, epochMs()) } };
  }

  #put({ fill, found, exchange }: Fetching, { names }: Place, answer: KeptAnswer): void {
    // What was written meanwhile made it old before it was here (RFC 9111 §4.4).
    if (fill.isOutdated) {
      fill.end();
      return;
    }
    const keyFor = this.#shelf.put(found, names, answer, exchange);
    this.#rules.onEvent({ type: 'stored', route: this.#rules.route, bytes: answer.body.length });
    fill.end({ key: keyFor(exchange), keyFor, answer });
  }

  async #freshen(fetching: Fetching, kept: KeptAnswer, answer: RouteAnswer, sentAtMs: number): Promise<Fetched> {
    const { fill, found, forward, hasCredential } = fetching;
    discard(answer);
    const { status, body } = kept;
    const headers = freshenFields(kept.headers, answer.headers);
    const place = this.#judge(fetching, { status, headers, body: null }, sentAtMs);
    const receivedAtMs = this.#rules.epochMs();
    const fresh = {
      ...(place?.terms ?? { ...NO_TERMS, bornMs: sentAtMs }),
      ...{ status, headers: fieldsToKeep(headers, status, body.length, receivedAtMs), body },
    };
    if (place !== undefined) this.#put(fetching, place, fresh);
    else {
      fill.end();
      if (!hasCredential) await this.#shelf.remove(found);
    }
    return this.#fromKept(fresh, 'revalidated', { forward, forwardStatus: 304 });
  }
}

/** Of an answer that is given once. */
const NO_TERMS = { freshMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0, mayBeStale: false };

/** Those who wait have asked for the same variant. */
function standIn({ key }: Found, answer: KeptAnswer): Filled {
  return { key, keyFor: () => key, answer, isForError: true };
}

interface Place {
  readonly terms: Terms;
  readonly names: readonly string[];
}

/** The same request, on behalf of all who wait: for the whole answer, or whether the kept one still holds. */
function innerExchange({ exchange, fill, found, sendsConditions }: Fetching): RouteExchange {
  const kept = found.answer;
  const headers = exchange.headers.filter((_, at) => {
    const name = exchange.headers[at - (at % 2)];
    return (name !== 'if-none-match' && name !== 'if-modified-since') || (sendsConditions && kept === undefined);
  });
  if (kept !== undefined) addValidators(headers, kept);
  const { route, method, path, query, body, incoming, outgoing } = exchange;
  return {
    ...{ route, scope: fill.scope, method, path, query, headers, body, incoming, outgoing },
    get parameters() {
      return exchange.parameters;
    },
  };
}

/** RFC 9111 §4.3.1. */
function addValidators(headers: FieldLines, kept: KeptAnswer): void {
  const etag = findField(kept.headers, 'etag');
  const modified = findField(kept.headers, 'last-modified');
  if (etag !== undefined) headers.push('if-none-match', etag);
  if (modified !== undefined) headers.push('if-modified-since', modified);
}

/** RFC 9111 §4.3.4: a 304 with a validator is about what has the same one. */
function isAbout(kept: KeptAnswer, of304: FieldLines): boolean {
  const etag = findField(of304, 'etag');
  if (etag !== undefined) return matchesWeakly(etag, findField(kept.headers, 'etag') ?? '');
  const modified = findField(of304, 'last-modified');
  return modified === undefined || modified === findField(kept.headers, 'last-modified');
}

/** Whether the upstream failed, and not the request. */
function isFailure(error: unknown): boolean {
  if (!(error instanceof WeirError) || error.code === 'INTERNAL_ERROR') return false;
  return FAILURES.has(ERRORS[error.code].status);
}

function discard({ body }: RouteAnswer): void {
  if (body instanceof Readable) body.on('error', () => {}).destroy();
}
