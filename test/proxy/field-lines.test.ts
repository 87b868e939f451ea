import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findField, removeField, setField } from '../../src/proxy/field-lines.ts';

describe('field lines', () => {
  const lines = () => ['vary', 'accept', 'etag', '"1"', 'vary', 'origin'];

  it('are found by the first line with the name', () => {
    assert.equal(findField(lines(), 'vary'), 'accept');
    assert.equal(findField(lines(), 'accept'), undefined);
  });

  it('are removed and set whatever the number of lines', () => {
    const removed = lines();
    removeField(removed, 'vary');
    assert.deepEqual(removed, ['etag', '"1"']);
    const set = lines();
    setField(set, 'vary', '*');
    assert.deepEqual(set, ['etag', '"1"', 'vary', '*']);
  });
});
