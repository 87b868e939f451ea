import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ObjectTypeDefinitionNode, parse, type StringValueNode } from 'graphql';
import { placeInString } from '../../../src/subgraphs/rest/sdl-place.ts';

const lines = fc.array(fc.string({ unit: fc.constantFrom('a', '$', ' ', '\t', '.', '{') }), {
  minLength: 1,
  maxLength: 6,
});

test('every character of a block string is found in the file', () => {
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n'), (texts, lineBreak) => {
      checkPlaces(`type A {\n  a: Int @d(s: """${texts.join(lineBreak)}""")\n}`);
    }),
  );
});

test('every character of a quoted string is found in the file, behind escapes too', () => {
  const pieces = fc.array(fc.constantFrom('a', '$', '.', '\\n', '\\"', '\\u0041', '\\u{1F600}', '\\\\'));
  fc.assert(
    fc.property(pieces, (texts) => {
      const escaped = new Set(['\\n', '\\"', '\\u0041', '\\u{1F600}', '\\\\']);
      const node = stringOf(`type A { a: Int @d(s: "${texts.join('')}") }`);
      let valueOffset = 0;
      let rawColumn = 'type A { a: Int @d(s: "'.length + 1;
      for (const text of texts) {
        // An astral character is two units of the value and one escape of the file.
        if (!escaped.has(text)) assert.deepEqual(placeInString(node, valueOffset), { line: 1, column: rawColumn });
        valueOffset += text === '\\u{1F600}' ? 2 : 1;
        rawColumn += text.length;
      }
    }),
  );
});

function checkPlaces(sdl: string): void {
  const node = stringOf(sdl);
  const rows = sdl.split(/\r\n|\n/);
  for (const [offset, char] of [...node.value].entries()) {
    if (char === '\n') continue;
    const { line, column } = placeInString(node, offset) ?? { line: 0, column: 0 };
    assert.equal(rows[line - 1]?.[column - 1], char, `offset ${offset} of ${JSON.stringify(node.value)}`);
  }
}

function stringOf(sdl: string): StringValueNode {
  const type = parse(sdl).definitions[0] as ObjectTypeDefinitionNode;
  return type.fields?.[0]?.directives?.[0]?.arguments?.[0]?.value as StringValueNode;
}
