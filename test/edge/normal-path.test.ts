import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalizePath } from '../../src/edge/normal-path.ts';

describe('the normal form of a path', () => {
  for (const path of ['/', '/a', '/a/', '/a/b.c', '/a;v=1/b:@!$', '/a..b/..c', '/.well-known/x', '/a//b']) {
    it(`of ${path} is itself`, () => assert.equal(normalizePath(path)?.path, path));
  }

  for (const [path, normal] of [
    ['/%61dmin', '/admin'],
    ['/a%7eb', '/a~b'],
    ['/%e2%82%ac', '/%E2%82%AC'],
    ['/a%2fb', '/a%2Fb'],
    ['/a%20b', '/a%20b'],
  ] as const) {
    it(`of ${path} is ${normal}`, () => assert.equal(normalizePath(path)?.path, normal));
  }

  for (const path of [
    ...['', 'a', '*', 'http://host/a', '/../a', '/a/..', '/a/./b', '/.', '/%2e%2e/a', '/a/.%2E', '/a\\b', '/a%5cb'],
    ...['/a%00', '/a%', '/a%2', '/a%zz', '/a b', '/a\u00e9', '/a<b>', '/a#b', '/a"b', '/a\u0000b'],
  ]) {
    it(`is not there for ${JSON.stringify(path)}`, () => assert.equal(normalizePath(path), undefined));
  }

  it('tells of what services read in unlike ways', () => {
    assert.deepEqual(normalizePath('/a%2fb//c'), { path: '/a%2Fb//c', hasEncodedSlash: true, hasEmptySegment: true });
  });

  it('is its own normal form, and means the same bytes', () => {
    const piece = fc.constantFrom('/', 'a', '~', '.', '%41', '%2f', '%20', '%c3%a9', '%2E', '-', ';');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const path = `/${pieces.join('')}`;
        const normal = normalizePath(path);
        if (normal === undefined) return;
        assert.deepEqual(normalizePath(normal.path), normal);
        assert.equal(decodeURIComponent(normal.path), decodeURIComponent(path));
        assert.doesNotMatch(decodeURIComponent(normal.path.replaceAll('%2F', '_')), /\/\.{1,2}(\/|$)/);
      }),
    );
  });
});
