import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalizePath } from '../../../src/edge/normal-path.ts';
import { WeirError } from '../../../src/errors.ts';
import { compilePathRule } from '../../../src/proxy/transform/path-rule.ts';

const apply = (rule: Parameters<typeof compilePathRule>[0], path: string, variables: Record<string, unknown> = {}) =>
  compilePathRule(rule).apply(path, variables);

describe('a path rewrite', () => {
  for (const [rule, before, after] of [
    [{ prefix: '/v2', replace: '/v1' }, '/v2', '/v1'],
    [{ prefix: '/v2', replace: '/v1' }, '/v2/a', '/v1/a'],
    [{ prefix: '/v2/', replace: '/v1/' }, '/v2/a', '/v1/a'],
    [{ prefix: '/v2', replace: '/v1' }, '/v20/a', '/v20/a'],
    [{ prefix: '/v2', replace: '/' }, '/v2', '/'],
    [{ prefix: '/v2', replace: '/' }, '/v2/a', '/a'],
    [{ prefix: '/', replace: '/api' }, '/a', '/api/a'],
    [{ regex: '/v\\d', replace: '' }, '/a/v1/b', '/a/b'],
    [{ regex: '^/(\\w+)/(?P<id>\\d+)$', replace: '/$<id>/$1$$' }, '/a/7', '/7/a$'],
    [{ regex: '^/x$', replace: '/y' }, '/a', '/a'],
  ] as const) {
    it(`by ${JSON.stringify(rule)} makes ${after} of ${before}`, () => assert.equal(apply(rule, before), after));
  }

  it('by a regular expression never leaves normal form', () => {
    assert.throws(() => apply({ regex: '^/a/(.*)$', replace: '/$1/..' }, '/a/b'), { code: 'BAD_USER_INPUT' });
    assert.throws(() => apply({ regex: '^/', replace: '' }, '/b'), { code: 'BAD_USER_INPUT' });
  });

  it('by a regular expression takes a time that grows with the path alone', () => {
    const rule = compilePathRule({ regex: '^/(a+)+$', replace: '/b' });
    const startedMs = performance.now();
    assert.equal(rule.apply(`/${'a'.repeat(8_000)}!`, {}), `/${'a'.repeat(8_000)}!`);
    assert.ok(performance.now() - startedMs < 2_000);
  });

  it('by a template gives normal form whatever the values are, or refuses', () => {
    const rule = compilePathRule('/v1/{$path.id}/x-{$query.q}');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, q) => {
        try {
          const path = rule.apply('/', { $path: { id }, $query: { q } });
          assert.equal(
            normalizePath(path)?.path ?? 'NUL or backslash',
            /%00|%5C/.test(path) ? 'NUL or backslash' : path,
          );
          assert.equal(path.split('/').length, 4);
        } catch (error) {
          assert.ok(error instanceof WeirError && error.code === 'BAD_USER_INPUT');
        }
      }),
    );
  });
});
