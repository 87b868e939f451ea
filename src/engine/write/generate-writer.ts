import { isEnumType } from 'graphql';
import { getOwn, isInheritedName } from '../own.ts';
import { Failure } from '../run/failure.ts';
import { completeLeaf, completeNoList, completeNoObject, completeNoType } from './complete.ts';
import type { AbstractShape, LeafShape, ListShape, ObjectShape, ObjectValueShape, ValueShape } from './shape.ts';
import type { Writer } from './writer.ts';

/** What generated code calls; everything else that it knows is a constant in quotes or a number. */
const RUNTIME = { getOwn, Failure, completeLeaf, completeNoList, completeNoObject, completeNoType };

/**
 * Generates the writer of a shape as one function per object and list. The code is built from quoted constants and numbers alone: no name
 * of a client or a schema is ever code.
 */
export function generateWriter(shape: ObjectShape): Writer {
  const { code, shapes, enums } = generateWriterCode(shape);
  const names = Object.keys(RUNTIME);
  const create = new Function('shapes', 'enums', ...names, code) as (...args: unknown[]) => Writer;
  return create(shapes, enums, ...Object.values(RUNTIME));
}

export interface WriterCode {
  /** Body of a function of `shapes`, `enums` and the runtime, which returns the writer. */
  readonly code: string;
  readonly shapes: readonly ValueShape[];
  readonly enums: readonly ReadonlyMap<string, string>[];
}

export function generateWriterCode(shape: ObjectShape): WriterCode {
  const generator = new WriterGenerator();
  const root = generator.object(shape);
  return {
    code: ['"use strict";', ...generator.functions, `return ${root};`].join('\n'),
    shapes: generator.shapes,
    enums: generator.enums,
  };
}

class WriterGenerator {
  readonly functions: string[] = [];
  readonly shapes: ValueShape[] = [];
  readonly enums: ReadonlyMap<string, string>[] = [];
  readonly #objects = new Set<number>();
  readonly #enumIndexes = new Map<string, number>();

  /** Adds the function `(run, object) => text | null`; gives its name. */
  object(shape: ObjectShape): string {
    const name = `object${shape.id}`;
    if (this.#objects.has(shape.id)) return name;
    this.#objects.add(shape.id);
    const lines = [`function ${name}(run, o) {`, '  let v, t, s;'];
    shape.fields.forEach(({ key, dataKey, value }, at) => {
      const prefix = JSON.stringify(`${at === 0 ? '{' : ','}${JSON.stringify(key)}:`);
      const assign = at === 0 ? `s = ${prefix} + ` : `s += ${prefix} + `;
      lines.push(...this.#field(dataKey, value, assign));
    });
    lines.push(shape.fields.length === 0 ? '  return "{}";' : '  return s + "}";', '}');
    this.functions.push(lines.join('\n'));
    return name;
  }

  #field(dataKey: string, value: ValueShape, assign: string): readonly string[] {
    if (value.kind === 'text') return [`  ${assign}(run.introspection?.[${JSON.stringify(dataKey)}] ?? "null");`];
    if (value.kind === 'typename') {
      const text =
        value.typeName === undefined ? 'JSON.stringify(o.__typename)' : JSON.stringify(JSON.stringify(value.typeName));
      return [`  ${assign}${text};`];
    }
    const name = JSON.stringify(dataKey);
    const read = isInheritedName(dataKey) ? `getOwn(o, ${name})` : `o[${name}]`;
    return [`  v = ${read};`, ...this.#place(value, 'o', assign, 'return null;')];
  }

  /** Writes `v`, the value of a place, to where `assign` says; `bubble` runs where it may not be null and is. */
  #place(shape: ValueShape, parent: string, assign: string, bubble: string): readonly string[] {
    const expression = this.#expression(shape, parent);
    if ('isNonNull' in shape && shape.isNonNull) {
      return [`  t = ${expression};`, `  if (t === null) ${bubble}`, `  ${assign}t;`];
    }
    return [`  ${assign}${expression};`];
  }

  /** An expression of `v`: its text; null only where the place may not be null. */
  #expression(shape: ValueShape, parent: string): string {
    switch (shape.kind) {
      case 'leaf':
        return this.#leaf(shape, parent);
      case 'list':
        return `${this.#list(shape)}(run, v, ${parent})`;
      case 'object':
        return this.#objectValue(shape, parent);
      case 'abstract':
        return `${this.#abstract(shape)}(run, v, ${parent})`;
      default:
        throw new TypeError(`Cannot write a value of kind "${shape.kind}" here`);
    }
  }

  #objectValue(shape: ObjectValueShape, parent: string): string {
    const write = `${this.object(shape.shape)}(run, v)`;
    const index = this.#shapeIndex(shape);
    const written = shape.isNonNull ? write : `(${write} ?? "null")`;
    return `(typeof v === "object" && v !== null && !Array.isArray(v) && !(v instanceof Failure) ? ${written} : completeNoObject(run, v, shapes[${index}], ${parent}))`;
  }

  #abstract(shape: AbstractShape): string {
    const index = this.#shapeIndex(shape);
    const name = `abstract${index}`;
    const cases = new Map<string, string[]>();
    for (const [typeName, object] of shape.byType) {
      const write = this.object(object);
      cases.set(write, [...(cases.get(write) ?? []), typeName]);
    }
    const { untyped } = shape;
    const untypedCases = shape.interfaceNames.map((typeName) => `    case ${JSON.stringify(typeName)}:`).join('\n');
    const orNull = shape.isNonNull ? '' : ' ?? "null"';
    this.functions.push(
      [
        `function ${name}(run, v, p) {`,
        `  if (typeof v !== "object" || v === null || Array.isArray(v) || v instanceof Failure) return completeNoObject(run, v, shapes[${index}], p);`,
        '  switch (v.__typename) {',
        ...[...cases].map(
          ([write, typeNames]) =>
            `${typeNames.map((typeName) => `    case ${JSON.stringify(typeName)}:`).join('\n')} return ${write}(run, v)${orNull};`,
        ),
        ...(untyped === undefined
          ? []
          : [`    case undefined:\n${untypedCases} return ${this.object(untyped)}(run, v)${orNull};`]),
        '  }',
        `  return completeNoType(run, shapes[${index}], p);`,
        '}',
      ].join('\n'),
    );
    return name;
  }

  #list(shape: ListShape): string {
    const index = this.#shapeIndex(shape);
    const name = `list${index}`;
    const bubble = shape.isNonNull ? 'return null;' : 'return "null";';
    this.functions.push(
      [
        `function ${name}(run, a, p) {`,
        `  if (!Array.isArray(a)) return completeNoList(run, a, shapes[${index}], p);`,
        '  if (a.length === 0) return "[]";',
        '  let v, t, s = "[";',
        '  for (let i = 0; i < a.length; i++) {',
        `  run.indexes[${shape.indexAt}] = i;`,
        '  if (i !== 0) s += ",";',
        '  v = a[i];',
        ...this.#place(shape.item, 'p', 's += ', bubble),
        '  }',
        '  return s + "]";',
        '}',
      ].join('\n'),
    );
    return name;
  }

  #leaf(shape: LeafShape, parent: string): string {
    const slow = `completeLeaf(run, v, shapes[${this.#shapeIndex(shape)}], ${parent})`;
    if (isEnumType(shape.type)) return `(enums[${this.#enumIndex(shape)}].get(v) ?? ${slow})`;
    switch (shape.type.name) {
      case 'String':
      case 'ID':
        return `(typeof v === "string" ? JSON.stringify(v) : ${slow})`;
      case 'Int':
        return `(typeof v === "number" && (v | 0) === v ? "" + v : ${slow})`;
      case 'Float':
        return `(typeof v === "number" && Number.isFinite(v) ? "" + v : ${slow})`;
      case 'Boolean':
        return `(v === true ? "true" : v === false ? "false" : ${slow})`;
      default:
        // A custom scalar is passed on as it is: its rules are the subgraph's.
        return `(v === null || v === undefined || v instanceof Failure ? ${slow} : JSON.stringify(v))`;
    }
  }

  #enumIndex(shape: LeafShape): number {
    const known = this.#enumIndexes.get(shape.type.name);
    if (known !== undefined || !isEnumType(shape.type)) return known ?? 0;
    this.enums.push(new Map(shape.type.getValues().map(({ name }) => [name, JSON.stringify(name)])));
    this.#enumIndexes.set(shape.type.name, this.enums.length - 1);
    return this.enums.length - 1;
  }

  #shapeIndex(shape: ValueShape): number {
    this.shapes.push(shape);
    return this.shapes.length - 1;
  }
}
