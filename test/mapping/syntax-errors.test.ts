import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMapping } from '../../src/mapping/mapping.ts';
import type { SpecVersion } from '../../src/mapping/spec-version.ts';
import { MappingSyntaxError } from '../../src/mapping/syntax-error.ts';
import { compileTemplate } from '../../src/mapping/template.ts';
import { compileUrlTemplate } from '../../src/mapping/url-template.ts';

const MAPPINGS: readonly (readonly [text: string, error: string, version?: SpecVersion])[] = [
  ['id\n  author { name', '2:16 Expected a key, $variable, $, @ or $(…), got the end'],
  ['id }', '1:4 Expected a key, $variable, $, @ or $(…), got "}"'],
  ['id, name', '1:3 Names in a selection are separated by spaces, not by ","'],
  ['id author.name', '1:4 Expected a name for this path, such as "name: path", or a selection { … } behind it'],
  ['a { $.b }', '1:5 Expected a name for this path, such as "name: path", or a selection { … } behind it'],
  ['.id', '1:1 A path does not start with "."; write $.key'],
  ['a: b.', '1:6 Expected a key after ".", got the end'],
  ['a: b.5', '1:6 Expected a key after ".", got "5"; a key that is no identifier is quoted'],
  ['a: 5', '1:4 Expected a path after "a:", got a literal; write it as $(…)'],
  ['a: "open', '1:4 Expected " to end the string'],
  ['a: b%', '1:5 Unexpected character "%"'],
  ['$->frist', '1:4 There is no method "->frist"; did you mean "->first"?'],
  ['$->nonsense', '1:4 There is no method "->nonsense"'],
  ['$->map', '1:4 "->map" takes 1 argument, got 0'],
  ['$->slice(1, 2, 3)', '1:4 "->slice" takes 0 to 2 arguments, got 3'],
  ['$->match("a")', '1:10 "->match" takes [candidate, value] pairs and a last [default]'],
  ['$->', '1:4 Expected a method\'s name after "->", got the end'],
  ['$(1', '1:4 Expected ")", got the end'],
  ['$([1 2])', '1:6 Expected "," or "]", got "2"'],
  ['$({ a 1 })', '1:7 Expected "," or "}", got "1"'],
  ['$({ a })', '1:7 Expected ":", got "}"', '0.3'],
  ['$({ a.b })', '1:5 Expected a name for this path, such as "name: path"'],
  ['a: b?', '1:5 "?" needs connect v0.3, this is v0.1', '0.1'],
  ['a: $(b ?? 1)', '1:8 "??" needs connect v0.3, this is v0.2', '0.2'],
  ['...a', '1:1 "..." needs connect v0.4, this is v0.3', '0.3'],
  ['a: $(b ?? c ?! d)', '1:13 "??" and "?!" do not mix; group one of them with $(…)'],
  ['a: b??', '1:5 Expected a key, $variable, $, @ or $(…), got "??"'],
  [`a: ${'$('.repeat(200)}1${')'.repeat(200)}`, '1:206 Nested deeper than 100 levels'],
];

for (const [text, expected, version] of MAPPINGS) {
  test(`${JSON.stringify(text.slice(0, 40))} is refused: ${expected}`, () => {
    assert.equal(
      errorOf(() => compileMapping(text, version === undefined ? {} : { version })),
      expected,
    );
  });
}

const TEMPLATES: readonly (readonly [text: string, error: string])[] = [
  ['/a/{$args.id', '1:4 Expected "}" to end the expression'],
  ['/a/{$args.}', '1:11 Expected a key after ".", got the end'],
  ['/a/{id, b}', '1:7 Names in a selection are separated by spaces, not by ","'],
  ['ftp://host/', '1:1 Expected a path, or a URL that starts with http:// or https:// and a host'],
  ['https://api.{$env.HOST}/', '1:14 The host of a URL is fixed; expressions start behind it'],
];

for (const [text, expected] of TEMPLATES) {
  test(`URL template ${JSON.stringify(text)} is refused: ${expected}`, () => {
    assert.equal(
      errorOf(() => compileUrlTemplate(text, '0.1')),
      expected,
    );
  });
}

test('an error within a template counts columns in the template', () => {
  assert.equal(
    errorOf(() => compileTemplate('Bearer {$->frist}', '0.1')),
    '1:12 There is no method "->frist"; did you mean "->first"?',
  );
});

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof MappingSyntaxError);
    return `${error.line}:${error.column} ${error.message}`;
  }
  return 'no error';
}
