import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { readAnswerBody, readRequestBody } from '../../src/proxy/read-body.ts';

const stream = () => Readable.from([Buffer.from('abc'), Buffer.from('def')]);

describe('a body that is read whole', () => {
  it('is the same from a stream, from bytes and from nothing', async () => {
    assert.equal((await readRequestBody(stream(), 6)).toString(), 'abcdef');
    assert.equal((await readAnswerBody(Buffer.from('abcdef'), 6)).toString(), 'abcdef');
    assert.equal((await readRequestBody(null, 0)).length, 0);
  });

  it('is refused beyond its bound; a request stays open for its answer', async () => {
    const body = stream();
    await assert.rejects(readRequestBody(body, 5), { code: 'CONTENT_TOO_LARGE' });
    assert.equal(body.destroyed, false);
    await assert.rejects(readRequestBody(Buffer.from('abcdef'), 5), { code: 'CONTENT_TOO_LARGE' });
  });

  it('is destroyed beyond its bound where it is an answer', async () => {
    const body = stream();
    await assert.rejects(readAnswerBody(body, 5), { code: 'UPSTREAM_BAD_RESPONSE' });
    assert.equal(body.destroyed, true);
  });
});
