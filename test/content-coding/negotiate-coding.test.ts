import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Coding } from '../../src/content-coding/coding.ts';
import { negotiateCoding } from '../../src/content-coding/negotiate-coding.ts';

const ALL: readonly Coding[] = ['zstd', 'br', 'gzip'];
const chosen = (field: string | undefined, preference = ALL) => negotiateCoding(field, preference).coding;

describe('the coding of an answer', () => {
  for (const [field, coding] of [
    [undefined, undefined],
    ['', undefined],
    [' ', undefined],
    [',', undefined],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', undefined],
    ['*', 'zstd'],
    ['gzip;q=1.0, *;q=0.5', 'gzip'],
    ['br;q=0.8, gzip;q=0.9', 'gzip'],
    ['br ; q=0.8 ,\tgzip;Q=0.8', 'br'],
    ['zstd;q=0, *', 'br'],
    ['gzip;q=0', undefined],
    ['*;q=0', undefined],
    ['*;q=0, gzip;q=0.001', 'gzip'],
    ['identity', undefined],
    ['identity;q=0.5, gzip;q=0.4', undefined],
    ['identity, gzip', 'gzip'],
    ['identity;q=0, gzip;q=0.001', 'gzip'],
    ['gzip;q=2', undefined],
    ['gzip;q=0.0001', undefined],
    ['gzip;level=9', undefined],
    ['gzip;q=, br', 'br'],
    ['gzip br', undefined],
    ['gzip;q=0, gzip', undefined],
    ['__proto__, constructor, gzip', 'gzip'],
  ] as const) {
    it(`is ${coding ?? 'none'} for ${field === undefined ? 'no field' : `"${field}"`}`, () => {
      assert.equal(chosen(field), coding);
    });
  }

  it('is none where the gateway has none that the client takes', () => {
    assert.equal(chosen('zstd', ['gzip']), undefined);
  });

  it('may be one that the client likes little, where it refuses the body as it is', () => {
    for (const field of ['identity;q=0, gzip', 'gzip, *;q=0']) {
      assert.deepEqual(negotiateCoding(field, ALL), { coding: 'gzip', refusesIdentity: true });
    }
    assert.equal(negotiateCoding('gzip, identity;q=0.1, *;q=0', ALL).refusesIdentity, false);
  });

  const name = fc.constantFrom('zstd', 'br', 'gzip', 'identity', '*', 'deflate');
  const digits = fc.integer({ min: 0, max: 1_000 });
  const members = fc.uniqueArray(fc.tuple(name, digits), { selector: ([first]) => first });
  const preferences = fc.shuffledSubarray([...ALL], { minLength: 1 });

  it('is the first of the gateway with the highest weight, and never a refused one', () => {
    fc.assert(
      fc.property(members, preferences, (list, preference) => {
        const field = list.map(([each, weight]) => `${each};q=${weight / 1_000}`).join(', ');
        const weightOf = (each: string) => {
          const own = list.find(([first]) => first === each) ?? list.find(([first]) => first === '*');
          return own?.[1] ?? 0;
        };
        const coding = chosen(field, preference);
        const highest = Math.max(...preference.map(weightOf));
        const identity = list.find(([first]) => first === 'identity')?.[1] ?? 0;
        if (highest === 0 || identity > highest) assert.equal(coding, undefined);
        else
          assert.equal(
            coding,
            preference.find((each) => weightOf(each) === highest),
          );
      }),
    );
  });

  it('does not depend on the order of the members, and no field makes it throw', () => {
    fc.assert(
      fc.property(members, preferences, fc.string(), (list, preference, noise) => {
        const write = (each: typeof list) => each.map(([first, weight]) => `${first};q=${weight / 1_000}`).join(',');
        assert.deepEqual(
          negotiateCoding(write(list), preference),
          negotiateCoding(write(list.toReversed()), preference),
        );
        negotiateCoding(noise, preference);
      }),
    );
  });
});
