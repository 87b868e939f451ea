import { type Document, type LineCounter, parseAllDocuments, type YAMLError, type YAMLWarning } from 'yaml';
import type { ConfigError } from './config-error.ts';

/** A file's one YAML document, or `undefined` and the reasons why there is none. */
interface ParsedDocument {
  readonly document: Document | undefined;
  readonly errors: readonly ConfigError[];
}

/** The grammar of a config file: one document of YAML 1.2 core; JSON is part of it. An empty file is an empty mapping. */
export function parseDocument(file: string, text: string, lines: LineCounter): ParsedDocument {
  // Repeated keys are found where mappings are read: there they are seen after conversion to text.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const;
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (problem: YAMLError | YAMLWarning) => ({ ...at(problem.pos[0]), ...explain(problem, text) });
  const parsed = parseAllDocuments(text.trim() === '' ? '{}' : text, options);
  const documents = 'empty' in parsed ? parseAllDocuments('{}', options) : parsed;
  const all = documents as readonly Document[];
  const [document, second] = all;
  const mistakes = all.flatMap((one) => one.errors);
  if (mistakes.length > 0) {
    // What follows a mistake on its line is most often caused by it.
    const byLine = new Map(mistakes.reverse().map((mistake) => [at(mistake.pos[0]).line, mistake]));
    return { document: undefined, errors: [...byLine.values()].map(report) };
  }
  const warnings = all.flatMap((one) => one.warnings).map(report);
  if (second === undefined) return { document, errors: warnings };
  const message = `The file must be one YAML document, and has ${documents.length}`;
  const hint = 'Remove the line "---", or put each document into a file of its own';
  return { document, errors: [{ ...at(second.range?.[0] ?? 0), message, hint }] };
}

function explain({ code, message, pos }: YAMLError | YAMLWarning, text: string): { message: string; hint: string } {
  if (code === 'UNEXPECTED_TOKEN' && text[pos[0] - 1] === '$') {
    return {
      message: 'A value that comes from the environment must be quoted inside { } and [ ]',
      hint: 'Put double quotes around the whole value',
    };
  }
  return { message: `Cannot parse the file: ${message}`, hint: HINTS[code] ?? OTHER };
}

const OTHER = 'Check the quotes, brackets and indentation here and on the line before';
const HINTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces',
  BAD_INDENT: 'Indent the keys of one mapping alike, and close every bracket',
  BLOCK_AS_IMPLICIT_KEY: 'Quote a value that has ": " in it, or begin a new line for the inner mapping',
  MISSING_CHAR: 'Add what is missing',
  BAD_SCALAR_START: 'Put quotes around the value',
  BAD_DQ_ESCAPE: 'Write \\\\ for a backslash, or use single quotes',
  TAG_RESOLVE_FAILED: 'Remove the tag; values need none',
  RESOURCE_EXHAUSTION: 'Nest less deeply',
};
