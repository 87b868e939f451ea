import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileMapping } from '../../src/mapping/mapping.ts';
import { compileReadFacts } from '../../src/proxy/read-facts.ts';

const tell = (mapping: string, headers: string[] = []): string[] => {
  compileReadFacts(compileMapping(mapping).references)?.(headers);
  return headers;
};

describe('what an answer tells of the request that it was made of', () => {
  for (const [mapping, before, after] of [
    ['$path.id', [], []],
    ['a: $query.a b: $request.method c: $context.requestId', [], []],
    ['a: $request.headers."X-A" b: $request.headers.b', [], ['vary', 'x-a, b']],
    ['$request.headers->keys', [], ['vary', '*']],
    ['$request', ['vary', 'accept'], ['vary', 'accept', 'vary', '*']],
    ['$context.identity.subject', [], ['cache-control', 'private']],
    [
      '$context.clientAddress',
      ['cache-control', 'public, max-age=60, s-maxage=9'],
      ['cache-control', 'private, max-age=60'],
    ],
    [
      '$context',
      ['cache-control', 'max-age=1', 'cache-control', 'no-cache'],
      ['cache-control', 'private, max-age=1, no-cache'],
    ],
    ['$context.identity', ['cache-control', 'no-store'], ['cache-control', 'no-store']],
    ['$context.identity', ['cache-control', 'max-age=5, private'], ['cache-control', 'max-age=5, private']],
    [
      '$context.identity',
      ['cache-control', 'private="x-a", max-age=5'],
      ['cache-control', 'private, private="x-a", max-age=5'],
    ],
  ] as const) {
    it(`of "${mapping}" with ${JSON.stringify(before)} is ${JSON.stringify(after)}`, () => {
      assert.deepEqual(tell(mapping, [...before]), after);
    });
  }
});
