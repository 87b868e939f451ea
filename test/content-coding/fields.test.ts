import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asNamed, restoreTags, weakenTag } from '../../src/content-coding/entity-tags.ts';
import { compileMediaTypes } from '../../src/content-coding/media-types.ts';
import { widenVary } from '../../src/content-coding/vary.ts';

describe('Vary', () => {
  it('names the field once, whatever it names already', () => {
    assert.equal(widenVary(undefined, 'accept-encoding'), 'accept-encoding');
    assert.equal(widenVary('', 'accept-encoding'), 'accept-encoding');
    assert.equal(widenVary('Origin', 'accept-encoding'), 'Origin, accept-encoding');
    for (const value of ['Accept-Encoding', 'origin, ACCEPT-ENCODING', '*', 'Origin, *']) {
      assert.equal(widenVary(value, 'accept-encoding'), undefined, value);
    }
    assert.equal(widenVary('x-accept-encoding', 'accept-encoding'), 'x-accept-encoding, accept-encoding');
  });
});

describe('a media type', () => {
  const matches = compileMediaTypes(['text/*', '*+json', 'application/json', 'application/*']);
  it('is of a pattern by its name, its begin or its suffix, without parameters and case', () => {
    const some = compileMediaTypes(['text/*', '*+json', 'application/json']);
    for (const type of [
      'text/html',
      'Text/CSV ; charset=x',
      'application/json',
      'application/graphql-response+json;a=b',
    ]) {
      assert.equal(some(type), true, type);
    }
    for (const type of ['', 'text', '/', 'image/png', 'application/jsonx', 'application/x+jsonx', '+json']) {
      assert.equal(some(type), type === '+json', type);
    }
  });
  it('of events and gRPC is of no pattern', () => {
    for (const type of [
      'text/event-stream',
      'Text/Event-Stream; charset=utf-8',
      'application/grpc',
      'application/grpc+json',
      'application/grpc-web+proto',
    ]) {
      assert.equal(matches(type), false, type);
    }
    assert.equal(matches('application/grpcx'), true);
  });
});

const opaque = fc.stringMatching(/^[!#-~]{0,6}$/);
const tag = fc.tuple(fc.boolean(), opaque).map(([isWeak, text]) => `${isWeak ? 'W/' : ''}"${text}"`);

describe('an entity tag', () => {
  it('is weak behind a coding, and stays so', () => {
    assert.equal(weakenTag('"a"'), 'W/"a;weir"');
    assert.equal(weakenTag('W/"a"'), 'W/"a"');
    assert.equal(weakenTag('none'), 'none');
    assert.equal(weakenTag('"'), '"');
  });

  it('of a client becomes the strong one that it was made of, and no other does', () => {
    assert.equal(restoreTags('W/"a;weir"'), '"a"');
    assert.equal(restoreTags('W/"a", "b;weir", W/"b;weir", W/"W/;weir"'), 'W/"a", "b;weir", "b", "W/"');
    for (const list of ['*', '"a"', '', 'W/"a"', '";weir"', 'W/a;weir']) assert.equal(restoreTags(list), list);
  });

  it('comes back as it was, in whatever list', () => {
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 5 }), (tags) => {
        assert.equal(restoreTags(tags.map(weakenTag).join(', ')), tags.join(', '));
      }),
    );
  });

  it('of a 304 is the one that the client has', () => {
    assert.equal(asNamed('"a"', 'W/"a;weir"'), 'W/"a;weir"');
    assert.equal(asNamed('"a"', '"a"'), '"a"');
    assert.equal(asNamed('"a"', 'W/"a;weir", "a"'), '"a"');
    assert.equal(asNamed('"a"', 'W/"a"'), '"a"');
    assert.equal(asNamed('W/"a"', 'W/"a"'), 'W/"a"');
  });
});
