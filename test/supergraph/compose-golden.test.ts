import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { formatCompositionError } from '../../src/supergraph/composition-error.ts';

// Each file: `=== name` and the upstream's SDL, as often as there are upstreams; then `--- errors` or `--- hints` and
// what composition says.
const folder = path.join(import.meta.dirname, 'fixtures/composition');

for (const file of readdirSync(folder).sort()) {
  test(`composition says what is wrong and what to change: ${path.basename(file, '.txt')}`, () => {
    const [input = '', kind, expected] = readFileSync(path.join(folder, file), 'utf8').split(/^--- (.*)\n/m);
    const definitions = input
      .split(/^=== /m)
      .filter((part) => part !== '')
      .map((part) => {
        const end = part.indexOf('\n');
        const name = part.slice(0, end);
        return { name, sdl: part.slice(end + 1), url: `http://${name}.test/`, file: `schemas/${name}.graphql` };
      });
    const composition = composeSupergraph(definitions);
    const said = 'errors' in composition ? composition.errors.map(formatCompositionError) : composition.hints;
    assert.equal('errors' in composition ? 'errors' : 'hints', kind);
    assert.equal(said.map((text) => `${text}\n`).join(''), expected);
  });
}
