// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are what is tested
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { interpolate } from '../../src/config/interpolate.ts';

const env = { NAME: 'value', EMPTY: '', MONEY: '${NAME}' };

describe('interpolate', () => {
  const cases: readonly (readonly [title: string, written: string, text: string])[] = [
    ['replaces a variable', 'a-${NAME}-b', 'a-value-b'],
    ['replaces several', '${NAME}${NAME}', 'valuevalue'],
    ['gives an empty text for an empty variable', '[${EMPTY}]', '[]'],
    ['takes the default where the variable is unset', '${UNSET:-5s}', '5s'],
    ['takes the default where the variable is empty', '${EMPTY:-x}', 'x'],
    ['takes an empty default', '${UNSET:-}', ''],
    ['does not take the default where the variable is set', '${NAME:-x}', 'value'],
    ['keeps an escaped reference', '$${NAME}', '${NAME}'],
    ['keeps dollars that begin no reference', '$id costs $5', '$id costs $5'],
    ['does not look into values', '${MONEY}', '${NAME}'],
    ['does not find what objects inherit', '${constructor:-own}', 'own'],
  ];
  for (const [title, written, text] of cases) {
    it(title, () =>
      assert.deepEqual(interpolate(written, env), { text, isInterpolated: /(?<!\$)\$\{/.test(written), problems: [] }),
    );
  }

  for (const written of ['${UNSET}', '${}', '${ NAME }', '${NAME', '${NAME-x}', '${UNSET:-${NAME}}', '${toString}']) {
    it(`reports ${written}`, () => assert.equal(interpolate(written, env).problems.length, 1));
  }

  it('never throws, and leaves texts without a reference alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', ':', '-', 'A', 'NAME', ' ') }), (written) => {
        const { text, problems } = interpolate(written, env);
        if (!written.includes('${')) assert.deepEqual([text, problems], [written, []]);
      }),
    );
  });
});
