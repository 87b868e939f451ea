import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import type { ConfigError, Position } from './config-error.ts';
import { interpolate } from './interpolate.ts';
import type { Place } from './place.ts';
import { parseDocument } from './syntax.ts';

/** A file of the config as data, with the place of everything in it. */
export interface Source {
  readonly file: string;
  /** Plain objects, arrays and scalars. `undefined` if the file is not readable as YAML. */
  readonly data: unknown;
  readonly top: Place;
  readonly errors: readonly ConfigError[];
}

// Bounds for files whose aliases multiply or whose nesting would exhaust the stack.
const MAX_DEPTH = 64;
const MAX_NODES = 100_000;

/** Reads YAML 1.2 (and so JSON) and interpolates its text scalars. Never throws. */
export function parseSource(file: string, content: string, env: NodeJS.ProcessEnv): Source {
  const text = content.replace(/^\ufeff/, '');
  const lines = new LineCounter();
  const { document, errors: syntaxErrors } = parseDocument(file, text, lines);
  if (document === undefined) {
    const top = {
      file,
      line: 1,
      column: 1,
      written: 'nothing',
      isUntyped: false,
      isSecret: false,
      isUnknown: true,
      children: new Map(),
    };
    return { file, data: undefined, top, errors: syntaxErrors };
  }
  const reading = new Reading(file, text, env, lines, document);
  const { value, place } = reading.read(document.contents, undefined, 0, 0);
  return { file, data: value, top: place, errors: [...syntaxErrors, ...reading.errors] };
}

interface Read {
  readonly value: unknown;
  readonly place: Place;
}

class Reading {
  readonly errors: ConfigError[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #lines: LineCounter;
  readonly #document: Document;
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(file: string, text: string, env: NodeJS.ProcessEnv, lines: LineCounter, document: Document) {
    this.#file = file;
    this.#text = text;
    this.#env = env;
    this.#lines = lines;
    this.#document = document;
  }

  /** @param offset Where the value would be, should the file have none. */
  read(node: unknown, key: Position | undefined, offset: number, depth: number): Read {
    this.#nodes += 1;
    const at = this.#position((node as Node | null)?.range?.[0] ?? offset);
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) {
      // One report is enough, and the way to it may be long.
      if (depth > MAX_DEPTH || this.#nodes === MAX_NODES + 1) {
        this.#report(
          at,
          `The file must be at most ${MAX_DEPTH} levels deep and have at most ${MAX_NODES} values`,
          'Make it smaller',
        );
      }
      return { value: undefined, place: this.#place(at, key, 'nothing', { isUnknown: true }) };
    }
    if (isAlias(node)) return this.#readAlias(node, key, at, depth);
    if (isMap(node)) return this.#readMapping(node, node.items, key, at, depth);
    if (isSeq(node)) return this.#readList(node, node.items, key, at, depth);
    if (isScalar(node)) return this.#readScalar(node, key, at);
    return { value: null, place: this.#place(at, key, 'nothing') };
  }

  #readAlias(alias: Alias, key: Position | undefined, at: Position, depth: number): Read {
    const target = alias.resolve(this.#document);
    if (target !== undefined && !this.#open.has(target)) return this.read(target, key, 0, depth + 1);
    const message =
      target === undefined
        ? `Alias "*${alias.source}" must have an anchor before it, and has none`
        : `Alias "*${alias.source}" must not stand inside its own anchor`;
    this.#report(at, message, `Write &${alias.source} before the value to repeat, or write the value out`);
    return { value: null, place: this.#place(at, key, `*${alias.source}`, { isUnknown: true }) };
  }

  #readMapping(node: Node, pairs: readonly Pair[], key: Position | undefined, at: Position, depth: number): Read {
    this.#open.add(node);
    const value: Record<string, unknown> = {};
    const place = this.#place(at, key, 'a mapping');
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null;
      const keyOffset = keyNode?.range?.[0] ?? node.range?.[0] ?? 0;
      const keyPosition = this.#position(keyOffset);
      const name = isScalar(keyNode) && keyNode.value !== null ? String(keyNode.value) : undefined;
      if (name === undefined || name === '__proto__') {
        const shown = name === undefined ? 'A key' : `Key "${name}"`;
        this.#report(keyPosition, `${shown} must be a plain text other than "__proto__"`, 'Rename or remove the key');
      } else if (place.children.has(name)) {
        const first = place.children.get(name)?.key?.line;
        const message = `Key "${name}" must be written once in a mapping, and is also in line ${first}`;
        this.#report(keyPosition, message, 'Keep one of them');
      } else {
        const child = this.read(pair.value, keyPosition, keyNode?.range?.[1] ?? keyOffset, depth + 1);
        value[name] = child.value;
        place.children.set(name, child.place);
      }
    }
    this.#open.delete(node);
    return { value, place };
  }

  #readList(node: Node, items: readonly unknown[], key: Position | undefined, at: Position, depth: number): Read {
    this.#open.add(node);
    const place = this.#place(at, key, 'a list');
    const value = items.map((item, index) => {
      const child = this.read(item, undefined, node.range?.[0] ?? 0, depth + 1);
      place.children.set(index, child.place);
      return child.value;
    });
    this.#open.delete(node);
    return { value, place };
  }

  #readScalar(node: Scalar, key: Position | undefined, at: Position): Read {
    if (typeof node.value !== 'string') {
      const written = node.value === null ? 'nothing' : (node.source ?? String(node.value));
      return { value: node.value, place: this.#place(at, key, written) };
    }
    const { text, isInterpolated, problems } = interpolate(node.value, this.#env);
    for (const { reference, message, hint } of problems) {
      const [start, end] = node.range ?? [0, 0];
      const found = this.#text.indexOf(reference, start);
      this.#report(found >= 0 && found < end ? this.#position(found) : at, message, hint);
    }
    const isUnknown = problems.length > 0;
    return {
      value: text,
      place: this.#place(at, key, quote(node.value), {
        isUntyped: isInterpolated,
        isSecret: isInterpolated,
        isUnknown,
      }),
    };
  }

  #place(at: Position, key: Position | undefined, written: string, flags: Partial<Place> = {}): Place {
    const place = {
      file: this.#file,
      ...at,
      written,
      isUntyped: false,
      isSecret: false,
      isUnknown: false,
      children: new Map(),
      ...flags,
    };
    return key === undefined ? place : { ...place, key };
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #report(at: Position, message: string, hint: string): void {
    this.errors.push({ file: this.#file, ...at, message, hint });
  }
}

const MAX_QUOTED = 80;

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
