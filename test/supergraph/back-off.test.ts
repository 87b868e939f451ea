import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs } from '../../src/supergraph/back-off.ts';

test('pauses double up to twelve times the first', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((failures) => backOffMs(1000, failures, 0)),
    [1000, 2000, 4000, 8000, 12_000, 12_000],
  );
});

test('chance takes off up to a half', () => {
  assert.equal(backOffMs(1000, 1, 0.5), 750);
  assert.ok(backOffMs(1000, 1, 0.999_999) > 500);
});
