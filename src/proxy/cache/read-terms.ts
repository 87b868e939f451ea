import CachePolicy from 'http-cache-semantics';
import { type FieldLines, findField } from '../field-lines.ts';
import { type Directives, secondsOf } from './directives.ts';
import { parseHttpDate } from './http-date.ts';
import { joinField } from './join-field.ts';
import { hasValidator, type Terms } from './kept-answer.ts';
import { readSaid } from './targeted-field.ts';

/** What a route says of answers that do not say it themselves, milliseconds. */
export interface DefaultTerms {
  /** Fields that count instead of `Cache-Control` (RFC 9213), in lower case. */
  readonly targets: readonly string[];
  readonly defaultTtlMs: number;
  readonly negativeTtlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
}

/** An answer to GET, and what of its request counts. */
export interface JudgedAnswer {
  readonly status: number;
  readonly headers: Readonly<FieldLines>;
  /** Whether anything of the request tells who asks: it then counts as one with `Authorization` (RFC 9111 §3.5). */
  readonly hasCredential: boolean;
  /** Whether it sets cookies of a service. */
  readonly setsCookie: boolean;
  /** When it was asked for, milliseconds since the epoch. */
  readonly sentAtMs: number;
}

/** Statuses that `default_ttl` is about, and those of `negative_ttl`: cacheable by default (RFC 9110 §15.1), whole, and known here. */
const POSITIVE = new Set([200, 203, 204, 300, 301, 308]);
const NEGATIVE = new Set([404, 405, 410, 414, 501]);

/** @returns `undefined`: a shared cache must not keep the answer (RFC 9111 §3), or could do nothing with it. */
export function readTerms(answer: JudgedAnswer, defaults: DefaultTerms): Terms | undefined {
  const { status, headers, hasCredential, setsCookie, sentAtMs } = answer;
  const { directives, isTargeted } = readSaid(headers, defaults.targets);
  // Who sets a cookie answers one client, unless the answer says that it is for all.
  if (setsCookie && !directives.has('public') && !directives.has('s-maxage')) return undefined;
  const expires = isTargeted ? undefined : joinField(headers, 'expires');
  const policy = new CachePolicy(
    { method: 'GET', headers: hasCredential ? { authorization: 'some' } : {} },
    {
      status,
      headers: {
        'cache-control': writeDirectives(directives),
        expires: expires && writeDate(parseHttpDate(expires) ?? 0),
        // Without a valid one the answer was made when it was asked for, to be careful (RFC 9110 §6.6.1).
        date: writeDate(parseHttpDate(findField(headers, 'date')) ?? sentAtMs),
      },
    },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
  if (!policy.storable()) return undefined;
  const mustAsk = directives.has('no-cache');
  const saysNothing = expires === undefined && !directives.has('max-age') && !directives.has('s-maxage') && !mustAsk;
  const freshMs = mustAsk ? 0 : saysNothing ? defaultOf(status, defaults) : policy.maxAge() * 1_000;
  // Without a word on how long it is fresh an answer is not kept, whatever could be asked about it.
  if (saysNothing && freshMs === 0) return undefined;
  const terms = {
    bornMs: sentAtMs - ageOf(headers) * 1_000,
    freshMs,
    staleWhileRevalidateMs: staleMs(directives, 'stale-while-revalidate', defaults.staleWhileRevalidateMs),
    staleIfErrorMs: staleMs(directives, 'stale-if-error', defaults.staleIfErrorMs),
    mayBeStale: !FORBID_STALE.some((name) => directives.has(name)) && !directives.has('s-maxage'),
  };
  const isOfUse = freshMs > 0 || terms.staleWhileRevalidateMs > 0 || terms.staleIfErrorMs > 0 || hasValidator(headers);
  return isOfUse ? terms : undefined;
}

const FORBID_STALE = ['no-cache', 'must-revalidate', 'proxy-revalidate'];

/**
 * RFC 9111 §4.2.4: `no-cache`, `must-revalidate` and `proxy-revalidate` allow nothing stale, nor does `s-maxage`, unless the same answer
 * says that it may be given stale: there the later extension (RFC 5861) is the more exact word.
 */
function staleMs(directives: Directives, name: string, defaultMs: number): number {
  if (FORBID_STALE.some((each) => directives.has(each))) return 0;
  const seconds = secondsOf(directives, name);
  if (seconds !== undefined) return seconds * 1_000;
  return directives.has('s-maxage') ? 0 : defaultMs;
}

function defaultOf(status: number, { defaultTtlMs, negativeTtlMs }: DefaultTerms): number {
  return POSITIVE.has(status) ? defaultTtlMs : NEGATIVE.has(status) ? negativeTtlMs : 0;
}

/** RFC 9111 §5.1: the first member; what is no number is ignored. Seconds. */
function ageOf(headers: Readonly<FieldLines>): number {
  const age = findField(headers, 'age')?.split(',')[0]?.trim() ?? '';
  return /^\d+$/.test(age) ? Math.min(Number(age), 2_147_483_648) : 0;
}

function writeDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

/** What the policy decides by, in the one form that it reads. Whether something stale may be given is decided here. */
function writeDirectives(directives: Directives): string {
  const kept: string[] = [];
  for (const name of ['private', 'no-store', 'no-cache', 'public', 'must-revalidate']) {
    if (directives.has(name)) kept.push(name);
  }
  for (const name of ['max-age', 's-maxage']) {
    const seconds = secondsOf(directives, name);
    if (seconds !== undefined) kept.push(`${name}=${seconds}`);
  }
  return kept.join(', ');
}
