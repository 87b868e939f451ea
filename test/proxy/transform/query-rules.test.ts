import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileQueryRules } from '../../../src/proxy/transform/query-rules.ts';

type Rules = Partial<Parameters<typeof compileQueryRules>[0]>;

const apply = (rules: Rules, query: string, variables: Record<string, unknown> = {}): string =>
  compileQueryRules({ keep: undefined, remove: [], rename: {}, set: {}, add: {}, ...rules }).apply(query, variables);

describe('rules about query parameters', () => {
  for (const [rules, before, after] of [
    [{}, 'a=%7E&b&=&c=1=2&a+b=%zz', 'a=%7E&b&=&c=1=2&a+b=%zz'],
    [{ remove: ['a b'] }, 'a+b=1&a%20b=2&ab=3', 'ab=3'],
    [{ keep: ['a', 'ü'] }, 'b=1&a=2&%C3%BC=3', 'a=2&%C3%BC=3'],
    [{ keep: [] }, 'b=1', ''],
    [{ rename: { a: 'b', b: 'a' } }, 'a=1&b=%202&c', 'b=1&a=%202&c'],
    [{ rename: { a: 'a b' } }, 'a&a=1', 'a%20b&a%20b=1'],
    [{ set: { a: 'x&y' } }, 'a=1&b=2&a=3', 'b=2&a=x%26y'],
    [{ set: { a: '{$query.none}' } }, 'a=1&b=2', 'b=2'],
    [{ set: { a: '{$query.list}' } }, '', 'a=1&a=2'],
    [{ add: { a: '{$query.list}!' } }, 'a=0', 'a=0&a=1%2C%202%21'],
    [{ rename: { a: 'b' }, set: { b: '2' } }, 'a=1', 'b=2'],
    [{ remove: ['a'], add: { a: '1' } }, 'a=0', 'a=1'],
  ] as const) {
    it(`${JSON.stringify(rules)} make "${after}" of "${before}"`, () => {
      assert.equal(apply(rules as Rules, before, { $query: { list: ['1', '2'] } }), after);
    });
  }

  it('leave what they are not about byte for byte, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'z', '=', '%', '2', '0', '+', 'C', '&') });
    fc.assert(
      fc.property(text, (query) => {
        assert.equal(apply({}, query), query);
        const names = new Set(new URLSearchParams(query).keys());
        if (!names.has('z')) assert.equal(apply({ remove: ['z'] }, query), query);
      }),
    );
  });

  it('put no value where a service would read more than one parameter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (value, name) => {
        const query = apply({ set: { [name]: '{$value}' } }, '', { $value: value });
        const read = [...new URLSearchParams(query)];
        assert.deepEqual(read, [[name.toWellFormed(), value.toWellFormed()]]);
      }),
    );
  });
});
