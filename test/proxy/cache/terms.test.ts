import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import CachePolicy from 'http-cache-semantics';
import { readDirectives, secondsOf } from '../../../src/proxy/cache/directives.ts';
import { parseHttpDate } from '../../../src/proxy/cache/http-date.ts';
import { ageOf, isFresh } from '../../../src/proxy/cache/kept-answer.ts';
import { readTerms } from '../../../src/proxy/cache/read-terms.ts';

const SENT_MS = Date.UTC(2026, 0, 1);
const NO_DEFAULTS = {
  targets: [] as readonly string[],
  defaultTtlMs: 0,
  negativeTtlMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
};
const DEFAULTS = {
  targets: [],
  defaultTtlMs: 1e6,
  negativeTtlMs: 1e6,
  staleWhileRevalidateMs: 1e6,
  staleIfErrorMs: 1e6,
};

const spelled = (name: string) => fc.constantFrom(name, name.toUpperCase(), ` ${name} `);
const flag = (name: string) => fc.oneof(spelled(name), fc.constant(`${name}="a, b"`), fc.constant(`${name}=""`));
const seconds = (name: string) =>
  fc
    .tuple(spelled(name), fc.oneof(fc.nat(1_000).map(String), fc.constantFrom('', 'x', '-1', '1.5', '"5"')))
    .map(([each, value]) => `${each.trimEnd()}=${value}`);
const harmless = fc.oneof(
  ...['public', 'must-revalidate', 'immutable', 'x-other', 'no-transform'].map(flag),
  ...['max-age', 's-maxage', 'stale-if-error', 'stale-while-revalidate'].map(seconds),
);
const status = fc.constantFrom(200, 203, 204, 206, 301, 302, 304, 400, 404, 410, 500, 503);

function judge(
  control: string | undefined,
  facts: Partial<Parameters<typeof readTerms>[0]> = {},
  defaults = NO_DEFAULTS,
) {
  const headers = control === undefined ? [] : ['cache-control', control];
  return readTerms(
    {
      status: 200,
      hasCredential: false,
      setsCookie: false,
      sentAtMs: SENT_MS,
      ...facts,
      headers: [...headers, ...(facts.headers ?? [])],
    },
    defaults,
  );
}

describe('the terms of an answer', () => {
  it('are none wherever it says private or no-store, however it is written and whatever else it says', () => {
    const list = fc.array(harmless, { maxLength: 4 });
    fc.assert(
      fc.property(
        list,
        fc.oneof(flag('private'), flag('no-store')),
        list,
        fc.boolean(),
        status,
        (a, forbid, b, twoLines, code) => {
          const before = [...a, ...(twoLines ? [] : [forbid])].join(',');
          const after = [...(twoLines ? [forbid] : []), ...b].join(',');
          const headers = ['cache-control', before, 'etag', '"a"', 'cache-control', after];
          assert.equal(judge(undefined, { headers, status: code }, DEFAULTS), undefined);
        },
      ),
    );
  });

  it('are none for one who is known, unless the answer says that it is for all', () => {
    fc.assert(
      fc.property(fc.array(harmless, { maxLength: 4 }), status, (directives, code) => {
        const control = directives.join(', ');
        const terms = judge(control, { hasCredential: true, status: code, headers: ['etag', '"a"'] }, DEFAULTS);
        const said = readDirectives(control);
        if (!said.has('public') && !said.has('s-maxage') && !said.has('must-revalidate'))
          assert.equal(terms, undefined);
      }),
    );
  });

  it('give no more time than the answer, and are those of the policy that they are made by', () => {
    const numbers = fc.record({ maxAge: fc.option(fc.nat(500)), shared: fc.option(fc.nat(500)), age: fc.nat(500) });
    fc.assert(
      fc.property(numbers, fc.nat(1_000), ({ maxAge, shared, age }, afterS) => {
        const control = [
          maxAge === null ? [] : `max-age=${maxAge}`,
          shared === null ? [] : `s-maxage=${shared}`,
        ].flat();
        const headers = {
          'cache-control': control.join(', '),
          age: String(age),
          date: new Date(SENT_MS).toUTCString(),
        };
        const terms = judge(control.join(', '), { headers: ['age', String(age)] });
        const lifetime = shared ?? maxAge ?? 0;
        const nowMs = SENT_MS + afterS * 1_000;
        assert.equal(terms !== undefined && isFresh(terms, nowMs), age + afterS < lifetime);
        if (terms !== undefined) assert.equal(ageOf(terms, nowMs), (age + afterS) * 1_000);
        const policy = CachePolicy.fromObject({
          ...new CachePolicy(
            { method: 'GET', headers: {} },
            { status: 200, headers },
            { cacheHeuristic: 0 },
          ).toObject(),
          t: nowMs,
        });
        assert.equal(terms?.freshMs ?? 0, policy.maxAge() * 1_000);
      }),
    );
  });

  it('take the time of Expires from its Date, and a bad one for the past', () => {
    const date = ['date', new Date(SENT_MS - 5_000).toUTCString()];
    const at = (text: string) => judge(undefined, { headers: [...date, 'expires', text] })?.freshMs;
    assert.equal(at(new Date(SENT_MS + 5_000).toUTCString()), 10_000);
    assert.equal(at('Thursday, 01-Jan-26 00:00:05 GMT'), 10_000);
    assert.equal(at('0'), undefined);
    assert.equal(at('2099-01-01'), undefined);
    assert.equal(judge('max-age=5', { headers: [...date, 'expires', '0'] })?.freshMs, 5_000);
    const twice = new Date(SENT_MS + 5_000).toUTCString();
    assert.equal(judge(undefined, { headers: [...date, 'expires', twice, 'expires', twice] }), undefined);
  });

  it('let an answer be stale by its own word, and by that of the route where it has none', () => {
    assert.equal(judge('max-age=1, stale-if-error=2')?.staleIfErrorMs, 2_000);
    assert.equal(judge('max-age=1, stale-if-error=2', {}, DEFAULTS)?.staleIfErrorMs, 2_000);
    assert.equal(judge('max-age=1', {}, DEFAULTS)?.staleWhileRevalidateMs, 1e6);
    assert.equal(judge('s-maxage=1', {}, DEFAULTS)?.staleWhileRevalidateMs, 0);
    assert.equal(judge('s-maxage=1, stale-while-revalidate=3', {}, DEFAULTS)?.staleWhileRevalidateMs, 3_000);
    assert.equal(
      judge('max-age=1, must-revalidate, stale-while-revalidate=3', {}, DEFAULTS)?.staleWhileRevalidateMs,
      0,
    );
  });
});

describe('a field that is for this cache alone', () => {
  const freshMs = (targeted: string, control: string) =>
    judge(control, { headers: ['cdn-cache-control', targeted] }, { ...NO_DEFAULTS, targets: ['cdn-cache-control'] })
      ?.freshMs;

  it('counts instead of Cache-Control and Expires', () => {
    assert.equal(freshMs('max-age=5, public;a="b"', 'no-store'), 5_000);
    assert.equal(freshMs('max-age=5', 'max-age=9'), 5_000);
    assert.equal(freshMs('private', 'max-age=9'), undefined);
    assert.equal(freshMs('no-store, max-age=60', 'max-age=9'), undefined);
  });

  it('does not where it is empty or no dictionary', () => {
    for (const bad of ['', 'max-age=a', 'max-age="5"', 'MAX-AGE=5', 'max-age=&', 'max-age', 'a b']) {
      assert.equal(freshMs(bad, 'max-age=9'), 9_000, bad);
    }
  });

  it('is one of the answer alone where nobody has named it', () => {
    assert.equal(judge('max-age=9', { headers: ['cdn-cache-control', 'no-store'] })?.freshMs, 9_000);
  });
});

describe('Cache-Control', () => {
  it('is read whatever stands in it, and polluting names are data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const name of readDirectives(text).keys()) assert.equal(name, name.trim().toLowerCase());
      }),
    );
    assert.equal(secondsOf(readDirectives('__proto__=1, constructor'), '__proto__'), 1);
    assert.equal(readDirectives('a').has('constructor'), false);
  });

  it('has one long text in a time that grows with its length', () => {
    const startedMs = performance.now();
    readDirectives(`${'a="\\"'.repeat(100_000)}`);
    assert.ok(performance.now() - startedMs < 2_000);
  });
});

describe('an HTTP date', () => {
  it('is read in the three forms, and in no other', () => {
    const ms = Date.UTC(1994, 10, 6, 8, 49, 37);
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      assert.equal(parseHttpDate(text), ms);
    }
    for (const text of [
      '',
      '0',
      '1994-11-06',
      'Sun, 06 Nov 1994 08:49:37 UTC',
      'Sun, 31 Feb 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 25:49:37 GMT',
    ]) {
      assert.equal(parseHttpDate(text), undefined);
    }
    const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(9999, 0)) });
    fc.assert(
      fc.property(dates, (date) => {
        assert.equal(parseHttpDate(date.toUTCString()), Math.floor(date.getTime() / 1_000) * 1_000);
      }),
    );
  });
});
