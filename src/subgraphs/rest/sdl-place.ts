import type { ASTNode, StringValueNode } from 'graphql';
import { positionAt, type TextPosition } from '../../mapping/syntax-error.ts';

/** Where a node starts in its file. */
export function placeOf(node: ASTNode | undefined): TextPosition | undefined {
  const token = node?.loc?.startToken;
  return token && { line: token.line, column: token.column };
}

/** Where a character of a string's value stands in the file, although block strings are read without their indentation. */
export function placeInString(node: StringValueNode, offset: number): TextPosition | undefined {
  const { loc } = node;
  if (loc === undefined) return undefined;
  const { body } = loc.source;
  const start = positionAt(body, loc.start);
  if (node.block !== true)
    return { line: start.line, column: start.column + rawOffset(body, loc.start + 1, offset) + 1 };

  // GraphQL §2.9.4, BlockStringValue: blank lines around and the common indentation of all lines but the first are cut.
  const lines = body.slice(loc.start + 3, loc.end - 3).split(/\r\n|[\n\r]/);
  const isBlank = (line: string): boolean => /^[ \t]*$/.test(line);
  const indents = lines
    .slice(1)
    .filter((line) => !isBlank(line))
    .map((line) => line.search(/[^ \t]/));
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  const first = Math.max(
    0,
    lines.findIndex((line) => !isBlank(line)),
  );
  const inValue = positionAt(node.value, offset);
  const rawLine = inValue.line - 1 + first;
  const shift = rawLine === 0 ? start.column + 2 : indent;
  return { line: start.line + rawLine, column: inValue.column + shift };
}

/** How far into the raw text of a quoted string a character of its value stands. */
function rawOffset(body: string, start: number, offset: number): number {
  const escaped = /\\(?:u\{0*([0-9A-Fa-f]+)\}|u[0-9A-Fa-f]{4}|.)/y;
  let at = start;
  for (let read = 0; read < offset; read++) {
    escaped.lastIndex = at;
    const match = escaped.exec(body);
    at += match?.[0].length ?? 1;
    // One escape, two units: a character beyond the basic plane.
    if ((match?.[1]?.length ?? 0) > 4) read++;
  }
  return at - start;
}
