import type { MappingWarning } from './evaluator.ts';
import { scalarText } from './json-data.ts';
import type { VariableReference } from './references.ts';
import type { SpecVersion } from './spec-version.ts';
import { MappingSyntaxError } from './syntax-error.ts';
import { splitTemplate, type TemplatePart, templateReferences } from './template.ts';
import { encodeConstant, encodeValue } from './url-encoding.ts';

/** A URL template such as `/products/{$args.id}?q={$args.q}`. */
export interface UrlTemplate {
  /** `https://host:port` of an absolute template. */
  readonly origin: string | undefined;
  readonly references: readonly VariableReference[];
  evaluate(variables: Readonly<Record<string, unknown>>, warn?: (warning: MappingWarning) => void): UrlResult;
}

/**
 * `path` and `query` are encoded, `query` has no `?`. Otherwise why there is no URL: a value of the path is null, missing or empty;
 * it is an object or a list; or it would make a dot segment (RFC 3986 §3.3), and so lead to another place.
 */
type UrlResult =
  | { readonly path: string; readonly query: string; readonly problem?: undefined }
  | { readonly problem: UrlProblem };

export type UrlProblem = 'missing' | 'not-scalar' | 'dot-segment';

/**
 * Values are percent-encoded. In the query a pair whose value is one missing or null expression is left out, and a list repeats
 * its pair.
 * @throws {MappingSyntaxError}
 */
export function compileUrlTemplate(text: string, version: SpecVersion): UrlTemplate {
  // A request has no fragment (RFC 9110 §7.1).
  const [parts] = splitOnce(splitTemplate(text, version), '#');
  const { origin, rest } = splitOrigin(parts, text);
  const [pathParts, queryParts] = splitOnce(rest, '?');
  const segments = splitAll(pathParts, '/');
  const pairs = queryParts === undefined ? [] : splitAll(queryParts, '&').map((pair) => splitOnce(pair, '='));
  return {
    origin,
    references: templateReferences(parts),
    evaluate(variables, warn) {
      let path = '';
      for (const [index, segment] of segments.entries()) {
        const result = writeSegment(segment, variables, warn);
        if (typeof result !== 'string') return result;
        path += index === 0 ? result : `/${result}`;
      }
      const query: string[] = [];
      for (const [key, value] of pairs) {
        const problem = writePair(key, value, query, variables, warn);
        if (problem !== undefined) return { problem };
      }
      return { path, query: query.join('&') };
    },
  };
}

type Variables = Readonly<Record<string, unknown>>;
type Warn = ((warning: MappingWarning) => void) | undefined;

function writeSegment(
  parts: readonly TemplatePart[],
  variables: Variables,
  warn: Warn,
): string | { problem: UrlProblem } {
  let text = '';
  let hasExpression = false;
  for (const part of parts) {
    if (part.kind === 'constant') {
      text += encodeConstant(part.text);
      continue;
    }
    hasExpression = true;
    const value = part.mapping.evaluate(null, variables, warn);
    if (value === undefined || value === null) return { problem: 'missing' };
    const written = scalarText(value);
    if (written === undefined) return { problem: 'not-scalar' };
    text += encodeValue(written);
  }
  if (!hasExpression) return text;
  if (text === '') return { problem: 'missing' };
  return text === '.' || text === '..' ? { problem: 'dot-segment' } : text;
}

function writePair(
  key: readonly TemplatePart[],
  value: readonly TemplatePart[] | undefined,
  query: string[],
  variables: Variables,
  warn: Warn,
): UrlProblem | undefined {
  const name = writeText(key, variables, warn);
  if (name === undefined) return 'not-scalar';
  if (value === undefined) {
    if (name !== '') query.push(name);
    return undefined;
  }
  const [only] = value;
  if (only?.kind === 'expression' && value.length === 1) {
    return addQuery(query, name, only.mapping.evaluate(null, variables, warn));
  }
  const written = writeText(value, variables, warn);
  if (written === undefined) return 'not-scalar';
  query.push(`${name}=${written}`);
  return undefined;
}

/** Adds `name=value`, once for each element of a list; nothing for null and missing values. `name` is encoded already. */
export function addQuery(query: string[], name: string, value: unknown): UrlProblem | undefined {
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item === undefined || item === null) continue;
    const written = scalarText(item);
    if (written === undefined) return 'not-scalar';
    query.push(`${name}=${encodeValue(written)}`);
  }
  return undefined;
}

function writeText(parts: readonly TemplatePart[], variables: Variables, warn: Warn): string | undefined {
  let text = '';
  for (const part of parts) {
    const written =
      part.kind === 'constant' ? encodeConstant(part.text) : scalarText(part.mapping.evaluate(null, variables, warn));
    if (written === undefined) return undefined;
    text += part.kind === 'constant' ? written : encodeValue(written);
  }
  return text;
}

function splitOrigin(
  parts: readonly TemplatePart[],
  text: string,
): { origin: string | undefined; rest: TemplatePart[] } {
  const [first, ...others] = parts;
  if (first?.kind !== 'constant' || !/^[a-z][a-z0-9+.-]*:/i.test(first.text))
    return { origin: undefined, rest: [...parts] };
  const origin = /^https?:\/\/[^/?]+/.exec(first.text)?.[0];
  if (origin === undefined || !URL.canParse(origin)) {
    throw new MappingSyntaxError(
      'Expected a path, or a URL that starts with http:// or https:// and a host',
      text,
      first.offset,
    );
  }
  const rest = first.text.slice(origin.length);
  if (rest === '' && others.length > 0) {
    throw new MappingSyntaxError(
      'The host of a URL is fixed; expressions start behind it',
      text,
      others[0]?.offset ?? 0,
    );
  }
  return { origin, rest: rest === '' ? [] : [{ ...first, text: rest }, ...others] };
}

/** Cuts at the first `mark` of a constant; what expressions give is never cut. */
function splitOnce(parts: readonly TemplatePart[], mark: string): [TemplatePart[], TemplatePart[] | undefined] {
  for (const [index, part] of parts.entries()) {
    const at = part.kind === 'constant' ? part.text.indexOf(mark) : -1;
    if (part.kind !== 'constant' || at === -1) continue;
    const before = cut(part, 0, at);
    const after = cut(part, at + 1);
    return [
      [...parts.slice(0, index), ...before],
      [...after, ...parts.slice(index + 1)],
    ];
  }
  return [[...parts], undefined];
}

function splitAll(parts: readonly TemplatePart[], mark: string): TemplatePart[][] {
  const pieces: TemplatePart[][] = [];
  let rest: TemplatePart[] | undefined = [...parts];
  while (rest !== undefined) {
    const [piece, next]: [TemplatePart[], TemplatePart[] | undefined] = splitOnce(rest, mark);
    pieces.push(piece);
    rest = next;
  }
  return pieces;
}

function cut(part: TemplatePart & { kind: 'constant' }, start: number, end?: number): TemplatePart[] {
  const text = part.text.slice(start, end);
  return text === '' ? [] : [{ ...part, text }];
}
