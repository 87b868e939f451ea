import { isEnumType } from 'graphql';
import { getOwn, type JsonObject, setOwn } from '../own.ts';
import { Failure } from '../run/failure.ts';
import type { Run } from '../run/run.ts';
import {
  type Completed,
  completeLeaf,
  completeNoList,
  completeNoObject,
  completeNoType,
  isCompletable,
} from './complete.ts';
import type { LeafShape, ListShape, ObjectShape, ValueShape } from './shape.ts';
import type { Completer } from './writer.ts';

type CompleteValue = (run: Run, value: unknown, parent: JsonObject) => Completed;

/** A completer of closures: the same answers as the generated one, where code must not be made from strings. */
export function interpretCompleter(shape: ObjectShape): Completer {
  return objectCompleter(shape, new Map());
}

function objectCompleter(shape: ObjectShape, objects: Map<number, Completer>): Completer {
  const known = objects.get(shape.id);
  if (known !== undefined) return known;
  const fields = shape.fields.map(({ key, dataKey, value }) => ({
    key,
    dataKey,
    complete: fieldCompleter(dataKey, value, objects),
  }));
  const completer: Completer = (run, object) => {
    const completed: JsonObject = {};
    for (const { key, dataKey, complete } of fields) {
      const value = complete(run, getOwn(object, dataKey), object);
      if (value === undefined) return undefined;
      setOwn(completed, key, value);
    }
    return completed;
  };
  objects.set(shape.id, completer);
  return completer;
}

function fieldCompleter(dataKey: string, shape: ValueShape, objects: Map<number, Completer>): CompleteValue {
  if (shape.kind === 'introspection') return (run) => run.introspection?.[dataKey] ?? null;
  if (shape.kind !== 'typename') return valueCompleter(shape, objects);
  const { typeName } = shape;
  return typeName === undefined ? (_run, _value, parent) => parent.__typename : () => typeName;
}

function valueCompleter(shape: ValueShape, objects: Map<number, Completer>): CompleteValue {
  switch (shape.kind) {
    case 'leaf':
      return leafCompleter(shape);
    case 'list':
      return listCompleter(shape, objects);
    case 'object': {
      const complete = objectCompleter(shape.shape, objects);
      return (run, value, parent) => {
        if (!isCompletable(value)) return completeNoObject(run, value, shape, parent);
        return complete(run, value) ?? (shape.isNonNull ? undefined : null);
      };
    }
    case 'abstract': {
      const byType = new Map<unknown, Completer>();
      for (const [name, object] of shape.byType) byType.set(name, objectCompleter(object, objects));
      if (shape.untyped !== undefined) {
        for (const name of [undefined, ...shape.interfaceNames]) {
          byType.set(name, objectCompleter(shape.untyped, objects));
        }
      }
      return (run, value, parent) => {
        if (!isCompletable(value)) return completeNoObject(run, value, shape, parent);
        const complete = byType.get(value.__typename);
        if (complete === undefined) return completeNoType(run, shape, parent, value);
        return complete(run, value) ?? (shape.isNonNull ? undefined : null);
      };
    }
    default:
      throw new TypeError(`Cannot complete a value of kind "${shape.kind}" here`);
  }
}

function listCompleter(shape: ListShape, objects: Map<number, Completer>): CompleteValue {
  const completeItem = valueCompleter(shape.item, objects);
  return (run, value, parent) => {
    if (!Array.isArray(value)) return completeNoList(run, value, shape, parent);
    const completed: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      run.indexes[shape.indexAt] = index;
      const item = completeItem(run, value[index], parent);
      if (item === undefined) return shape.isNonNull ? undefined : null;
      completed.push(item);
    }
    return completed;
  };
}

function leafCompleter(shape: LeafShape): CompleteValue {
  const { type } = shape;
  const isPlain = isEnumType(type)
    ? isOneOf(new Set<unknown>(type.getValues().map(({ name }) => name)))
    : (PLAIN[type.name] ?? isGiven);
  return (run, value, parent) => (isPlain(value) ? value : completeLeaf(run, value, shape, parent));
}

/** Which values of a built-in scalar need no coercion. */
const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Int: (value) => typeof value === 'number' && (value | 0) === value,
  Float: (value) => typeof value === 'number' && Number.isFinite(value),
  Boolean: (value) => typeof value === 'boolean',
};

/** A custom scalar is passed on as it is: its rules are the subgraph's. */
function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined && !(value instanceof Failure);
}

function isOneOf(values: ReadonlySet<unknown>): (value: unknown) => boolean {
  return (value) => values.has(value);
}
