import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileFieldRules } from '../../../src/proxy/transform/field-rules.ts';

type Rules = Partial<Parameters<typeof compileFieldRules>[0]>;

const apply = (rules: Rules, lines: string[], variables: Record<string, unknown> = {}) => {
  const invalid = compileFieldRules({ remove: [], rename: {}, set: {}, add: {}, ...rules }).apply(lines, variables);
  return invalid ?? lines;
};

describe('rules about header fields', () => {
  for (const [rules, before, after] of [
    [{ remove: ['X-A'] }, ['x-a', '1', 'x-b', '2', 'x-a', '3'], ['x-b', '2']],
    [{ rename: { 'X-A': 'X-B', 'X-B': 'X-A' } }, ['x-a', '1', 'x-b', '2'], ['x-b', '1', 'x-a', '2']],
    [{ set: { 'X-A': 'é' } }, ['x-a', '1', 'x-a', '2'], ['x-a', 'é']],
    [{ set: { 'x-a': '{$none}' } }, ['x-a', '1'], []],
    [{ set: { 'x-a': '{$list}' } }, [], ['x-a', '1, 2']],
    [{ add: { 'x-a': '{$list}' } }, ['x-a', '0'], ['x-a', '0', 'x-a', '1, 2']],
    [{ add: { 'set-cookie': '{$list}' } }, [], ['set-cookie', '1', 'set-cookie', '2']],
    [{ remove: ['x-a'], set: { 'x-a': '1' } }, ['x-a', '0'], ['x-a', '1']],
  ] as const) {
    it(`${JSON.stringify(rules)} make ${JSON.stringify(after)} of ${JSON.stringify(before)}`, () => {
      assert.deepEqual(apply(rules as Rules, [...before], { $list: [1, 2] }), after);
    });
  }

  it('never put in a value that could end the field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const result = apply({ set: { 'x-a': 'v={$value}' } }, [], { $value: value });
        if (result === 'x-a') assert.match(value, /[^\t\x20-\x7e\x80-\xff]/);
        else assert.deepEqual(result, ['x-a', `v=${value}`]);
      }),
    );
  });
});
