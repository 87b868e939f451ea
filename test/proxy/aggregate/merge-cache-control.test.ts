import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergeCacheControl } from '../../../src/proxy/aggregate/merge-cache-control.ts';

const merge = (...fields: (string | undefined)[]) =>
  mergeCacheControl(fields.map((field) => ({ 'cache-control': field })));

describe('the merged Cache-Control', () => {
  for (const [fields, expected] of [
    [[undefined, undefined], undefined],
    [['max-age=60', 'max-age=30'], 'max-age=30'],
    [['public, max-age=60', 'max-age=30, private'], 'private, max-age=30'],
    [['public, max-age=60', 'public, max-age=90, immutable'], 'public, max-age=60'],
    [['max-age=60', 'no-store'], 'no-store'],
    [['max-age=60', 'no-cache'], 'no-cache'],
    [['max-age=60', undefined], 'no-cache'],
    [['s-maxage=600, max-age=60', 'max-age=120'], 'max-age=60, s-maxage=120'],
    [['max-age=60, must-revalidate', 'max-age=60'], 'must-revalidate, max-age=60'],
    [['max-age=60, stale-if-error=9', 'max-age=60, stale-if-error=5'], 'max-age=60, stale-if-error=5'],
    [['max-age=60, stale-if-error=9', 'max-age=60'], 'max-age=60'],
    [['public', 'max-age=60'], 'no-cache'],
    [['max-age=junk', 'max-age=60'], 'max-age=0'],
    [['private="x-a, x-b", max-age=5', 'MAX-AGE="9"'], 'private, max-age=5'],
  ] as const) {
    it(`of ${fields.map((field) => field ?? 'nothing').join(' and ')} is ${expected ?? 'nothing'}`, () => {
      assert.equal(merge(...fields), expected);
    });
  }

  it('counts the age that an answer has', () => {
    const merged = mergeCacheControl([{ 'cache-control': 'max-age=60', age: '50' }, { 'cache-control': 'max-age=30' }]);
    assert.equal(merged, 'max-age=10');
  });

  it('allows nothing that one of the answers does not allow, and does not depend on their order', () => {
    const directive = fc.oneof(
      fc.constantFrom('public', 'private', 'no-store', 'no-cache', 'must-revalidate', 'immutable'),
      fc.tuple(fc.constantFrom('max-age', 's-maxage'), fc.nat(100)).map(([name, seconds]) => `${name}=${seconds}`),
    );
    const field = fc.option(
      fc.uniqueArray(directive, { maxLength: 4 }).map((all) => all.join(', ')),
      { nil: undefined },
    );
    const lifeOf = (text: string | undefined): number => {
      if (text === undefined || /no-store|no-cache/.test(text)) return 0;
      return Number(/(?:^|\s)s-maxage=(\d+)/.exec(text)?.[1] ?? /max-age=(\d+)/.exec(text)?.[1] ?? 0);
    };
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 4 }), (fields) => {
        const merged = merge(...fields);
        assert.equal(merge(...fields.toReversed()), merged);
        for (const one of fields) {
          assert.ok(lifeOf(merged) <= lifeOf(one === '' ? undefined : one), `${merged} of ${fields.join(' | ')}`);
          if (one?.includes('private') && merged !== 'no-store') assert.match(merged ?? '', /private/);
          if (one?.includes('no-store')) assert.equal(merged, 'no-store');
        }
      }),
    );
  });
});
