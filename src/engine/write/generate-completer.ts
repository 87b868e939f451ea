import { isEnumType } from 'graphql';
import { getOwn, isInheritedName } from '../own.ts';
import { Failure } from '../run/failure.ts';
import { completeLeaf, completeNoList, completeNoObject, completeNoType } from './complete.ts';
import type { AbstractShape, LeafShape, ListShape, ObjectShape, ObjectValueShape, ValueShape } from './shape.ts';
import type { Completer } from './writer.ts';

/** What generated code calls; everything else that it knows is a constant in quotes or a number. */
const RUNTIME = { getOwn, Failure, completeLeaf, completeNoList, completeNoObject, completeNoType };

/**
 * Generates the completer of a shape as one function per object and list. The code is built from quoted constants and numbers alone: no
 * name of a client or a schema is ever code.
 */
export function generateCompleter(shape: ObjectShape): Completer {
  const { code, shapes, enums } = generateCompleterCode(shape);
  const names = Object.keys(RUNTIME);
  const create = new Function('shapes', 'enums', ...names, code) as (...args: unknown[]) => Completer;
  return create(shapes, enums, ...Object.values(RUNTIME));
}

export interface CompleterCode {
  /** Body of a function of `shapes`, `enums` and the runtime, which returns the completer. */
  readonly code: string;
  readonly shapes: readonly ValueShape[];
  readonly enums: readonly ReadonlySet<unknown>[];
}

export function generateCompleterCode(shape: ObjectShape): CompleterCode {
  const generator = new CompleterGenerator();
  const root = generator.object(shape);
  return {
    code: ['"use strict";', ...generator.functions, `return ${root};`].join('\n'),
    shapes: generator.shapes,
    enums: generator.enums,
  };
}

class CompleterGenerator {
  readonly functions: string[] = [];
  readonly shapes: ValueShape[] = [];
  readonly enums: ReadonlySet<unknown>[] = [];
  readonly #objects = new Set<number>();
  readonly #enumIndexes = new Map<string, number>();

  /** Adds the function `(run, object) => completed | undefined`; gives its name. */
  object(shape: ObjectShape): string {
    const name = `object${shape.id}`;
    if (this.#objects.has(shape.id)) return name;
    this.#objects.add(shape.id);
    const lines = [`function ${name}(run, o) {`, '  let v;'];
    const members = shape.fields.map(({ key, dataKey, value }, at) => {
      lines.push(...this.#field(dataKey, value, `f${at}`));
      const name = JSON.stringify(key);
      // In brackets `__proto__` is a key like any other; keys in brackets cost the literal its constant shape.
      return `${key === '__proto__' ? `[${name}]` : name}: f${at}`;
    });
    lines.push(`  return { ${members.join(', ')} };`, '}');
    this.functions.push(lines.join('\n'));
    return name;
  }

  /** Declares the variable that holds the completed field. */
  #field(dataKey: string, shape: ValueShape, variable: string): readonly string[] {
    const name = JSON.stringify(dataKey);
    if (shape.kind === 'introspection') return [`  const ${variable} = run.introspection?.[${name}] ?? null;`];
    if (shape.kind === 'typename') {
      const typeName = shape.typeName === undefined ? 'o.__typename' : JSON.stringify(shape.typeName);
      return [`  const ${variable} = ${typeName};`];
    }
    const read = isInheritedName(dataKey) ? `getOwn(o, ${name})` : `o[${name}]`;
    const lines = [`  v = ${read};`, `  const ${variable} = ${this.#expression(shape, 'o')};`];
    return shape.isNonNull ? [...lines, `  if (${variable} === undefined) return undefined;`] : lines;
  }

  /** An expression of `v`, completed; undefined only where the place may not be null. */
  #expression(shape: ValueShape, parent: string): string {
    switch (shape.kind) {
      case 'leaf':
        return `(${this.#isPlain(shape)} ? v : completeLeaf(run, v, shapes[${this.#shapeIndex(shape)}], ${parent}))`;
      case 'list':
        return `${this.#list(shape)}(run, v, ${parent})`;
      case 'object':
        return this.#objectValue(shape, parent);
      case 'abstract':
        return `${this.#abstract(shape)}(run, v, ${parent})`;
      default:
        throw new TypeError(`Cannot complete a value of kind "${shape.kind}" here`);
    }
  }

  #objectValue(shape: ObjectValueShape, parent: string): string {
    const completed = `${this.object(shape.shape)}(run, v)${shape.isNonNull ? '' : ' ?? null'}`;
    const index = this.#shapeIndex(shape);
    return `(${IS_COMPLETABLE} ? ${completed} : completeNoObject(run, v, shapes[${index}], ${parent}))`;
  }

  #abstract(shape: AbstractShape): string {
    const index = this.#shapeIndex(shape);
    const name = `abstract${index}`;
    const cases = new Map<string, unknown[]>();
    const add = (object: ObjectShape, typenames: readonly unknown[]): void => {
      const complete = this.object(object);
      cases.set(complete, [...(cases.get(complete) ?? []), ...typenames]);
    };
    for (const [typeName, object] of shape.byType) add(object, [typeName]);
    if (shape.untyped !== undefined) add(shape.untyped, [undefined, ...shape.interfaceNames]);
    this.functions.push(
      [
        `function ${name}(run, v, p) {`,
        `  if (!(${IS_COMPLETABLE})) return completeNoObject(run, v, shapes[${index}], p);`,
        '  switch (v.__typename) {',
        ...[...cases].map(
          ([complete, typenames]) =>
            `${typenames.map((typename) => `    case ${JSON.stringify(typename)}:`).join('\n')} return ${complete}(run, v)${shape.isNonNull ? '' : ' ?? null'};`,
        ),
        '  }',
        `  return completeNoType(run, shapes[${index}], p, v);`,
        '}',
      ].join('\n'),
    );
    return name;
  }

  #list(shape: ListShape): string {
    const index = this.#shapeIndex(shape);
    const name = `list${index}`;
    const item = shape.item;
    const bubble = `    if (c === undefined) return ${shape.isNonNull ? 'undefined' : 'null'};`;
    this.functions.push(
      [
        `function ${name}(run, a, p) {`,
        `  if (!Array.isArray(a)) return completeNoList(run, a, shapes[${index}], p);`,
        '  const completed = [];',
        '  for (let i = 0; i < a.length; i++) {',
        `    run.indexes[${shape.indexAt}] = i;`,
        '    const v = a[i];',
        `    const c = ${this.#expression(item, 'p')};`,
        ...('isNonNull' in item && item.isNonNull ? [bubble] : []),
        '    completed.push(c);',
        '  }',
        '  return completed;',
        '}',
      ].join('\n'),
    );
    return name;
  }

  /** A condition on `v`: it needs no coercion. */
  #isPlain(shape: LeafShape): string {
    if (isEnumType(shape.type)) return `enums[${this.#enumIndex(shape)}].has(v)`;
    // A custom scalar is passed on as it is: its rules are the subgraph's.
    return PLAIN.get(shape.type.name) ?? 'v !== null && v !== undefined && !(v instanceof Failure)';
  }

  #enumIndex(shape: LeafShape): number {
    const known = this.#enumIndexes.get(shape.type.name);
    if (known !== undefined || !isEnumType(shape.type)) return known ?? 0;
    this.enums.push(new Set(shape.type.getValues().map(({ name }) => name)));
    this.#enumIndexes.set(shape.type.name, this.enums.length - 1);
    return this.enums.length - 1;
  }

  #shapeIndex(shape: ValueShape): number {
    this.shapes.push(shape);
    return this.shapes.length - 1;
  }
}

const IS_COMPLETABLE = 'typeof v === "object" && v !== null && !Array.isArray(v) && !(v instanceof Failure)';

/** Which values of a built-in scalar need no coercion. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ['String', 'typeof v === "string"'],
  ['ID', 'typeof v === "string"'],
  ['Int', 'typeof v === "number" && (v | 0) === v'],
  ['Float', 'typeof v === "number" && Number.isFinite(v)'],
  ['Boolean', 'typeof v === "boolean"'],
]);
