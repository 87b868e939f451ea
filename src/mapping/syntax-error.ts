/** Where something stands in a text: both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A mapping or template that cannot be read. */
export class MappingSyntaxError extends Error {
  /** Index into the text, in UTF-16 units. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;

  constructor(message: string, text: string, offset: number) {
    super(message);
    this.name = 'MappingSyntaxError';
    this.offset = offset;
    const { line, column } = positionAt(text, offset);
    this.line = line;
    this.column = column;
  }
}

export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
