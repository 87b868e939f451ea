import { MappingSyntaxError } from './syntax-error.ts';

const PUNCTUATION = ['...', '->', '??', '?!', '?', '{', '}', '(', ')', '[', ']', ':', ',', '.', '@'] as const;
type Punctuation = (typeof PUNCTUATION)[number];

/** `variable` has the `$` in its value: `$args`, or `$` alone. */
export type Token =
  | { readonly kind: 'name' | 'string' | 'variable'; readonly value: string; readonly offset: number }
  | { readonly kind: 'number'; readonly value: number; readonly offset: number }
  | { readonly kind: Punctuation | 'end'; readonly offset: number };

const IGNORED = /(?:[ \t\r\n]+|#[^\n]*)+/y;
const NAME = /[A-Za-z_][0-9A-Za-z_]*/y;
const VARIABLE = /\$(?:[A-Za-z_][0-9A-Za-z_]*)?/y;
const NUMBER = /-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/y;

/**
 * The tokens of a mapping, `end` last.
 * @throws {MappingSyntaxError} for a character that starts no token and for a string without end.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    offset += match(IGNORED)?.length ?? 0;
    const char = text[offset];
    if (char === undefined) {
      tokens.push({ kind: 'end', offset });
      return tokens;
    }
    const token = readToken(text, offset, char, match, tokens.at(-1));
    tokens.push(token.token);
    offset = token.end;
  }
}

function readToken(
  text: string,
  offset: number,
  char: string,
  match: (pattern: RegExp) => string | undefined,
  previous: Token | undefined,
): { token: Token; end: number } {
  if (char === '"' || char === "'") return readString(text, offset, char);
  const name = match(NAME);
  if (name !== undefined) return { token: { kind: 'name', value: name, offset }, end: offset + name.length };
  const variable = match(VARIABLE);
  if (variable !== undefined) {
    return { token: { kind: 'variable', value: variable, offset }, end: offset + variable.length };
  }
  // After a value, "." starts a key, so "a.5" is a bad key and not the number .5.
  const number = char === '.' && endsValue(previous) ? undefined : match(NUMBER);
  if (number !== undefined) {
    return { token: { kind: 'number', value: Number(number), offset }, end: offset + number.length };
  }
  const punctuation = PUNCTUATION.find((mark) => text.startsWith(mark, offset));
  if (punctuation !== undefined) return { token: { kind: punctuation, offset }, end: offset + punctuation.length };
  throw new MappingSyntaxError(`Unexpected character ${JSON.stringify(char)}`, text, offset);
}

function endsValue(token: Token | undefined): boolean {
  return token !== undefined && ['name', 'string', 'variable', 'number', '@', ')', ']', '}', '?'].includes(token.kind);
}

function readString(text: string, offset: number, quote: string): { token: Token; end: number } {
  let value = '';
  for (let at = offset + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === quote) return { token: { kind: 'string', value, offset }, end: at + 1 };
    if (char !== '\\') {
      value += char;
      continue;
    }
    at++;
    const escaped = text[at] ?? '';
    value += escaped === 'n' ? '\n' : escaped;
  }
  throw new MappingSyntaxError(`Expected ${quote} to end the string`, text, offset);
}

export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'string') return `the string ${JSON.stringify(token.value)}`;
  return 'value' in token ? `"${token.value}"` : `"${token.kind}"`;
}
