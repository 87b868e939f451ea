import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addStrongTags, asNamed, weakenTag } from '../../src/content-coding/entity-tags.ts';
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
    assert.equal(weakenTag('"a"'), 'W/"a"');
    assert.equal(weakenTag('W/"a"'), 'W/"a"');
    assert.equal(weakenTag('none'), 'none');
  });

  it('of a client finds the strong one that it was made of', () => {
    assert.equal(addStrongTags('W/"a"'), 'W/"a", "a"');
    assert.equal(addStrongTags('W/"a", "b", W/"b", W/"W/"'), 'W/"a", "b", W/"b", W/"W/", "a", "W/"');
    for (const list of ['*', '"a"', '', 'W/a', `W/"${'x'.repeat(3_000)}"`]) assert.equal(addStrongTags(list), list);
  });

  it('is added once, and every tag of the client stays', () => {
    fc.assert(
      fc.property(fc.uniqueArray(tag, { minLength: 1, maxLength: 5 }), (tags) => {
        const list = tags.join(', ');
        const added = addStrongTags(list);
        assert.ok(added.startsWith(list));
        assert.equal(addStrongTags(added), added);
        const strong = tags.filter((each) => each.startsWith('W/')).map((each) => each.slice(2));
        for (const each of strong) assert.ok(added.includes(each));
      }),
    );
  });

  it('of a 304 is the one that the client has', () => {
    assert.equal(asNamed('"a"', 'W/"a"'), 'W/"a"');
    assert.equal(asNamed('"a"', '"a"'), '"a"');
    assert.equal(asNamed('"a"', 'W/"a", "a"'), '"a"');
    assert.equal(asNamed('"a"', 'W/"b"'), '"a"');
    assert.equal(asNamed('W/"a"', 'W/"a"'), 'W/"a"');
  });
});
