import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate } from '../../src/mapping/template.ts';
import { compileUrlTemplate } from '../../src/mapping/url-template.ts';

const CASES: readonly (readonly [template: string, args: Record<string, unknown>, expected: string])[] = [
  ['/products', {}, '/products'],
  ['/products/{$args.id}', { id: 7 }, '/products/7'],
  ['/products/{$args.id}', { id: 'a/b?c#d e' }, '/products/a%2Fb%3Fc%23d%20e'],
  ['/products/{$args.id}', { id: "it's(1)*!" }, '/products/it%27s%281%29%2A%21'],
  ['/products/{$args.id}', { id: 'ü' }, '/products/%C3%BC'],
  ['/products/{$args.id}', { id: '\ud800' }, '/products/%EF%BF%BD'],
  ['/a b/ü?q=x y', {}, '/a%20b/%C3%BC?q=x%20y'],
  ['/already%20encoded', {}, '/already%20encoded'],
  ['/p?q={$args.q}', { q: 'a&b=c' }, '/p?q=a%26b%3Dc'],
  ['/p?q={$args.q}&r={$args.r}', { r: 1 }, '/p?r=1'],
  ['/p?q={$args.q}&r={$args.r}', { q: null }, '/p'],
  ['/p?q={$args.q}', { q: '' }, '/p?q='],
  ['/p?q={$args.q}', { q: false }, '/p?q=false'],
  ['/p?id={$args.ids}', { ids: [1, null, 'b'] }, '/p?id=1&id=b'],
  ['/p?id={$args.ids}', { ids: [] }, '/p'],
  ['/p?ids={$args.ids->joinNotNull(",")}', { ids: [1, 2] }, '/p?ids=1%2C2'],
  ['/p?range={$args.a}-{$args.b}', { a: 1 }, '/p?range=1-'],
  ['/p?{$args.key}=1&flag', { key: 'k=' }, '/p?k%3D=1&flag'],
  ['/p?a[{$args.i}]={$args.i}', { i: 0 }, '/p?a[0]=0'],
  ['/users-{$args.id}.json', { id: 3 }, '/users-3.json'],
  ['/a/\n  {$args.id}\n  ?q={$args.id}\n  &r=1', { id: 3 }, '/a/3?q=3&r=1'],
  ['/p?q={$args { a }.a}'.replace(' { a }.a', '.a'), { a: '}' }, '/p?q=%7D'],
  ['/p?q={$("}")}', {}, '/p?q=%7D'],
  ['/a?b=c#d{$args.none}', {}, '/a?b=c'],
  ['https://api.example.com:8080/v1/{$args.id}', { id: 1 }, '/v1/1'],
  ['/users/{$args.id}', {}, 'missing'],
  ['/users/{$args.id}', { id: null }, 'missing'],
  ['/users/{$args.id}', { id: '' }, 'missing'],
  ['/users/{$args.id}/posts', { id: '..' }, 'dot-segment'],
  ['/users/.{$args.id}', { id: '.' }, 'dot-segment'],
  ['/users/{$args.id}', { id: '...' }, '/users/...'],
  ['/users/{$args.id}', { id: { a: 1 } }, 'not-scalar'],
  ['/users/{$args.id}', { id: [1] }, 'not-scalar'],
  ['/users?f={$args.f}', { f: { a: 1 } }, 'not-scalar'],
];

describe('URL templates', () => {
  for (const [template, args, expected] of CASES) {
    test(`${JSON.stringify(template)} with ${JSON.stringify(args)} is ${expected}`, () => {
      assert.equal(write(template, args), expected);
    });
  }

  test('the origin of an absolute template is known', () => {
    assert.equal(compileUrlTemplate('https://api.example.com:8080/v1', '0.1').origin, 'https://api.example.com:8080');
    assert.equal(compileUrlTemplate('/v1', '0.1').origin, undefined);
  });

  test('no value changes the structure of a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        const written = write('/a/{$args.v}/z?q={$args.v}&end', { v: value });
        if (written === 'dot-segment') return value === '.' || value === '..';
        const url = new URL(written, 'http://host');
        assert.equal(url.pathname.split('/').length, 4);
        assert.ok(url.pathname.startsWith('/a/') && url.pathname.endsWith('/z'));
        assert.deepEqual(
          [...url.searchParams],
          [
            ['q', value.toWellFormed()],
            ['end', ''],
          ],
        );
        return true;
      }),
    );
  });
});

describe('text templates', () => {
  const evaluate = (text: string, args: unknown) => compileTemplate(text, '0.1').evaluate({ $args: args });
  test('values are put in as they are', () => assert.equal(evaluate('Bearer {$args.t}!', { t: 'a b' }), 'Bearer a b!'));
  test('a missing value is empty text', () => assert.equal(evaluate('Bearer {$args.t}', {}), 'Bearer '));
  test('a template that is only a missing value is no text', () => assert.equal(evaluate('{$args.t}', {}), undefined));
  test('a list is written with commas', () => assert.equal(evaluate('{$args.t}', { t: [1, 'b'] }), '1, b'));
  test('an object is left out', () => assert.equal(evaluate('a{$args.t}', { t: {} }), 'a'));
});

function write(template: string, args: Record<string, unknown>): string {
  const result = compileUrlTemplate(template, '0.1').evaluate({ $args: args });
  if (result.problem !== undefined) return result.problem;
  return result.query === '' ? result.path : `${result.path}?${result.query}`;
}
