import type { MappingWarning } from './evaluator.ts';
import { scalarText } from './json-data.ts';
import { compileMapping, type Mapping } from './mapping.ts';
import type { VariableReference } from './references.ts';
import type { SpecVersion } from './spec-version.ts';
import { MappingSyntaxError } from './syntax-error.ts';

/** A stretch of a template. */
export type TemplatePart =
  | { readonly kind: 'constant'; readonly text: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly mapping: Mapping; readonly offset: number };

/** A text with `{mapping}` inside. */
export interface Template {
  /** Offsets count in the template. */
  readonly references: readonly VariableReference[];
  /** A missing value gives an empty text; a template that is one mapping without value gives `undefined`. */
  evaluate(variables: Readonly<Record<string, unknown>>, warn?: (warning: MappingWarning) => void): string | undefined;
}

/** @throws {MappingSyntaxError} */
export function compileTemplate(text: string, version: SpecVersion): Template {
  const parts = splitTemplate(text, version);
  const isSingle = parts.length === 1;
  return {
    references: templateReferences(parts),
    evaluate(variables, warn) {
      let result = '';
      for (const part of parts) {
        if (part.kind === 'constant') {
          result += part.text;
          continue;
        }
        const value = part.mapping.evaluate(null, variables, warn);
        if (isSingle && (value === undefined || value === null)) return undefined;
        // Lists are written as RFC 9110 §5.6.1 writes them.
        const written = Array.isArray(value)
          ? value.map((item) => scalarText(item) ?? '').join(', ')
          : scalarText(value);
        if (written === undefined) warn?.({ message: 'An object has no place in a text', offset: part.offset });
        result += written ?? '';
      }
      return result;
    },
  };
}

/**
 * The parts of a template; line breaks and the spaces around them are for reading only and left out.
 * @throws {MappingSyntaxError}
 */
export function splitTemplate(text: string, version: SpecVersion): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const constantEnd = open === -1 ? text.length : open;
    const constant = text.slice(at, constantEnd).replace(/ *[\t\n\f\r]\s*/g, '');
    if (constant !== '') parts.push({ kind: 'constant', text: constant, offset: at });
    if (open === -1) break;
    const close = findClosingBrace(text, open);
    parts.push({ kind: 'expression', mapping: compileInner(text, open + 1, close, version), offset: open + 1 });
    at = close + 1;
  }
  return parts;
}

export function templateReferences(parts: readonly TemplatePart[]): VariableReference[] {
  return parts.flatMap((part) =>
    part.kind === 'constant'
      ? []
      : part.mapping.references.map((reference) => ({ ...reference, offset: reference.offset + part.offset })),
  );
}

function compileInner(text: string, start: number, end: number, version: SpecVersion): Mapping {
  try {
    return compileMapping(text.slice(start, end), { version });
  } catch (error) {
    if (error instanceof MappingSyntaxError) throw new MappingSyntaxError(error.message, text, start + error.offset);
    throw error;
  }
}

function findClosingBrace(text: string, open: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let at = open; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== undefined) {
      if (char === '\\') at++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
  throw new MappingSyntaxError('Expected "}" to end the expression', text, open);
}
