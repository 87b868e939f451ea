import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findNearest } from '../src/nearest.ts';

describe('findNearest', () => {
  const keys = ['server', 'graphql', 'upstreams', 'auth', 'rate_limit'];

  it('finds the word behind a typing mistake', () => {
    const typed = ['sever', 'graphlq', 'upstream', 'Auth', 'rateLimit', 'rate-limit'];
    assert.deepEqual(
      typed.map((word) => findNearest(word, keys)),
      ['server', 'graphql', 'upstreams', 'auth', 'rate_limit', 'rate_limit'],
    );
  });

  it('finds nothing for another word', () => {
    for (const word of ['plugins', 'x', 'serverless_functions', '']) assert.equal(findNearest(word, keys), undefined);
  });

  it('finds a word itself among any others', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (word, others) => {
        const found = findNearest(word, [...others, word]);
        assert.equal(found?.toLowerCase(), word.toLowerCase());
      }),
    );
  });
});
