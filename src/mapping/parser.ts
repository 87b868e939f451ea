import type {
  ExpressionNode,
  MappingNode,
  PathHead,
  PathNode,
  PathStep,
  SelectionItemNode,
  SelectionNode,
} from './ast.ts';
import { isAtLeast, type SpecVersion, SYNTAX_SINCE } from './spec-version.ts';
import { MappingSyntaxError } from './syntax-error.ts';
import { describeToken, type Token, tokenize } from './tokens.ts';

/** Levels of `{`, `[` and `(` in one mapping; deeper ones are refused before they exhaust the stack. */
const MAX_DEPTH = 100;

/**
 * Reads a mapping.
 * @throws {MappingSyntaxError} and nothing else.
 */
export function parseMapping(text: string, version: SpecVersion): MappingNode {
  return new Parser(text, version).parseMapping();
}

class Parser {
  readonly #text: string;
  readonly #version: SpecVersion;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, version: SpecVersion) {
    this.#text = text;
    this.#version = version;
    this.#tokens = tokenize(text);
  }

  parseMapping(): MappingNode {
    const items = this.#parseItems('end');
    const [first, second] = items;
    if (first !== undefined && second === undefined && first.name === undefined && !first.isSpread) {
      return first.value;
    }
    return { kind: 'selection', items: items.map((item) => this.#checkItem(item)), offset: 0 };
  }

  #parseSelection(): SelectionNode {
    const { offset } = this.#expect('{');
    const items = this.#nested(() => this.#parseItems('}'));
    this.#expect('}');
    return { kind: 'selection', items: items.map((item) => this.#checkItem(item)), offset };
  }

  #parseItems(end: 'end' | '}'): ParsedItem[] {
    const items: ParsedItem[] = [];
    while (this.#token.kind !== end) items.push(this.#parseItem());
    return items;
  }

  #parseItem(): ParsedItem {
    const { offset } = this.#token;
    if (this.#skip('...')) {
      this.#requireVersion('...', offset);
      return { name: undefined, value: this.#parsePath(), isSpread: true, offset };
    }
    const alias = this.#parseAlias();
    if (alias === undefined) {
      const value = this.#parsePath();
      return { name: impliedName(value), value, isSpread: false, offset };
    }
    if (this.#token.kind === '{') return { name: alias, value: this.#parseSelection(), isSpread: false, offset };
    if (this.#token.kind === 'number' || this.#token.kind === '[') {
      throw this.#error(`Expected a path after "${alias}:", got a literal; write it as $(…)`);
    }
    return { name: alias, value: this.#parsePath(), isSpread: false, offset };
  }

  #parseAlias(): string | undefined {
    const token = this.#token;
    if (token.kind !== 'name' && token.kind !== 'string') return undefined;
    if (this.#tokens[this.#at + 1]?.kind !== ':') return undefined;
    this.#at += 2;
    return token.value;
  }

  /** A path without a name can only be spread, and only an object with known keys can be. */
  #checkItem({ name, value, isSpread, offset }: ParsedItem): SelectionItemNode {
    if (name === undefined && !isSpread && !(value.kind === 'path' && value.steps.at(-1)?.kind === 'selection')) {
      throw this.#error('Expected a name for this path, such as "name: path", or a selection { … } behind it', offset);
    }
    return { name, value, offset };
  }

  #parsePath(): PathNode {
    const { offset } = this.#token;
    const head = this.#parseHead();
    return { kind: 'path', head, steps: this.#parseSteps(), offset };
  }

  #parseHead(): PathHead {
    const token = this.#token;
    switch (token.kind) {
      case '@':
        this.#at++;
        return { kind: 'current' };
      case 'name':
      case 'string':
        this.#at++;
        return { kind: 'key', key: token.value };
      case 'variable': {
        this.#at++;
        if (token.value !== '$') return { kind: 'variable', name: token.value };
        if (!this.#skip('(')) return { kind: 'root' };
        const expression = this.#parseExpression();
        this.#expect(')');
        return { kind: 'expression', expression };
      }
      case '.':
        throw this.#error('A path does not start with "."; write $.key');
      case ',':
        throw this.#error('Names in a selection are separated by spaces, not by ","');
      default:
        throw this.#error(`Expected a key, $variable, $, @ or $(…), got ${describeToken(token)}`);
    }
  }

  #parseSteps(): PathStep[] {
    const steps: PathStep[] = [];
    for (;;) {
      const { kind, offset } = this.#token;
      if (kind === '.') {
        this.#at++;
        steps.push({ kind: 'key', key: this.#parseKey('after "."'), offset });
      } else if (kind === '->') {
        this.#at++;
        steps.push(this.#parseMethod());
      } else if (kind === '?') {
        this.#at++;
        this.#requireVersion('?', offset);
        if (steps.at(-1)?.kind === 'question') throw this.#error('Expected one "?", got two', offset);
        steps.push({ kind: 'question', offset });
      } else if (kind === '{') {
        steps.push(this.#parseSelection());
        return steps;
      } else return steps;
    }
  }

  #parseMethod(): PathStep {
    const token = this.#token;
    if (token.kind !== 'name') throw this.#error(`Expected a method's name after "->", got ${describeToken(token)}`);
    this.#at++;
    if (token.value === 'as') this.#requireVersion('->as', token.offset);
    const args = this.#skip('(') ? this.#parseList(')', () => this.#parseExpression()) : [];
    return { kind: 'method', name: token.value, args, offset: token.offset };
  }

  #parseExpression(): ExpressionNode {
    return this.#nested(() => {
      const first = this.#parseOperand();
      const operator = this.#token.kind;
      if (operator !== '??' && operator !== '?!') return first;
      this.#requireVersion(operator, this.#token.offset);
      const operands = [first];
      while (this.#skip(operator)) operands.push(this.#parseOperand());
      if (this.#token.kind === '??' || this.#token.kind === '?!') {
        throw this.#error('"??" and "?!" do not mix; group one of them with $(…)');
      }
      return { kind: 'coalesce', operator, operands, offset: first.offset };
    });
  }

  #parseOperand(): ExpressionNode {
    const literal = this.#parseLiteral();
    if (literal === undefined) return this.#parsePath();
    const steps = this.#parseSteps();
    if (steps.length === 0) return literal;
    return { kind: 'path', head: { kind: 'expression', expression: literal }, steps, offset: literal.offset };
  }

  #parseLiteral(): ExpressionNode | undefined {
    const token = this.#token;
    const { offset } = token;
    if (token.kind === 'string' || token.kind === 'number') {
      this.#at++;
      return { kind: 'literal', value: token.value, offset };
    }
    if (token.kind === 'name' && KEYWORDS.has(token.value)) {
      this.#at++;
      return { kind: 'literal', value: KEYWORDS.get(token.value) ?? null, offset };
    }
    if (this.#skip('[')) {
      return { kind: 'array', items: this.#parseList(']', () => this.#parseExpression()), offset };
    }
    if (!this.#skip('{')) return undefined;
    const properties = this.#parseList('}', () => this.#parseProperty());
    return { kind: 'object', properties, offset };
  }

  /** `key: value`; or `key` and `key { … }`, short for a value of that name. */
  #parseProperty(): readonly [string, ExpressionNode] {
    const { offset } = this.#token;
    const key = this.#parseAlias();
    if (key !== undefined) return [key, this.#parseExpression()];
    const name = this.#parseKey('of a property');
    if (!isAtLeast(this.#version, SYNTAX_SINCE['{ key }'])) this.#expect(':');
    const value: PathNode = { kind: 'path', head: { kind: 'key', key: name }, steps: this.#parseSteps(), offset };
    if (impliedName(value) === undefined)
      throw this.#error('Expected a name for this path, such as "name: path"', offset);
    return [name, value];
  }

  /** The opening mark is read already; a comma may stand before the closing one. */
  #parseList<T>(end: ')' | ']' | '}', parseItem: () => T): T[] {
    const items: T[] = [];
    while (!this.#skip(end)) {
      items.push(parseItem());
      if (this.#skip(end)) break;
      if (!this.#skip(',')) throw this.#error(`Expected "," or "${end}", got ${describeToken(this.#token)}`);
    }
    return items;
  }

  #parseKey(where: string): string {
    const token = this.#token;
    if (token.kind !== 'name' && token.kind !== 'string') {
      const hint = token.kind === 'number' ? '; a key that is no identifier is quoted' : '';
      throw this.#error(`Expected a key ${where}, got ${describeToken(token)}${hint}`);
    }
    this.#at++;
    return token.value;
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`Nested deeper than ${MAX_DEPTH} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #skip(kind: Token['kind']): boolean {
    if (this.#token.kind !== kind) return false;
    this.#at++;
    return true;
  }

  #expect(kind: Token['kind']): Token {
    const token = this.#token;
    if (!this.#skip(kind)) throw this.#error(`Expected "${kind}", got ${describeToken(token)}`);
    return token;
  }

  #requireVersion(syntax: keyof typeof SYNTAX_SINCE, offset: number): void {
    const since = SYNTAX_SINCE[syntax];
    if (isAtLeast(this.#version, since)) return;
    throw this.#error(`"${syntax}" needs connect v${since}, this is v${this.#version}`, offset);
  }

  #error(message: string, offset = this.#token.offset): MappingSyntaxError {
    return new MappingSyntaxError(message, this.#text, offset);
  }
}

interface ParsedItem extends SelectionItemNode {
  readonly isSpread: boolean;
}

const KEYWORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
] as const);

/** `a`, `a?` and `a { b }` give the output key `a`; longer paths give none. */
function impliedName(value: PathNode | SelectionNode): string | undefined {
  if (value.kind !== 'path' || value.head.kind !== 'key') return undefined;
  const isShort = value.steps.every((step) => step.kind === 'question' || step.kind === 'selection');
  return isShort ? value.head.key : undefined;
}
