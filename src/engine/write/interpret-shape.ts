import { isEnumType } from 'graphql';
import { getOwn, type JsonObject } from '../own.ts';
import { Failure } from '../run/failure.ts';
import type { Run } from '../run/run.ts';
import { completeLeaf, completeNoList, completeNoObject, completeNoType, isWritable, type Text } from './complete.ts';
import type { LeafShape, ListShape, ObjectShape, ValueShape } from './shape.ts';
import type { Writer } from './writer.ts';

type WriteValue = (run: Run, value: unknown, parent: JsonObject) => Text;
type WriteObject = (run: Run, object: JsonObject) => Text;

/** A writer of closures: the same answers as the generated one, where code must not be made from strings. */
export function interpretShape(shape: ObjectShape): Writer {
  const objects = new Map<number, WriteObject>();
  return objectWriter(shape, objects);
}

function objectWriter(shape: ObjectShape, objects: Map<number, WriteObject>): WriteObject {
  const known = objects.get(shape.id);
  if (known !== undefined) return known;
  const fields = shape.fields.map(({ key, dataKey, value }) => ({
    dataKey,
    keyText: `${JSON.stringify(key)}:`,
    write: fieldWriter(dataKey, value, objects),
  }));
  const write: WriteObject = (run, object) => {
    let text = '';
    for (const { dataKey, keyText, write } of fields) {
      const value = write(run, getOwn(object, dataKey), object);
      if (value === null) return null;
      text += `${text === '' ? '' : ','}${keyText}${value}`;
    }
    return `{${text}}`;
  };
  objects.set(shape.id, write);
  return write;
}

function fieldWriter(dataKey: string, value: ValueShape, objects: Map<number, WriteObject>): WriteValue {
  if (value.kind === 'text') return (run) => run.introspection?.[dataKey] ?? 'null';
  if (value.kind !== 'typename') return valueWriter(value, objects);
  if (value.typeName !== undefined) {
    const text = JSON.stringify(value.typeName);
    return () => text;
  }
  return (_run, _value, parent) => JSON.stringify(parent.__typename);
}

function valueWriter(shape: ValueShape, objects: Map<number, WriteObject>): WriteValue {
  switch (shape.kind) {
    case 'leaf':
      return leafWriter(shape);
    case 'list':
      return listWriter(shape, objects);
    case 'object': {
      const write = objectWriter(shape.shape, objects);
      return (run, value, parent) => {
        if (!isWritable(value)) return completeNoObject(run, value, shape, parent);
        return write(run, value) ?? (shape.isNonNull ? null : 'null');
      };
    }
    case 'abstract': {
      const byType = new Map<unknown, WriteObject>();
      for (const [name, object] of shape.byType) byType.set(name, objectWriter(object, objects));
      if (shape.untyped !== undefined) {
        for (const name of [undefined, ...shape.interfaceNames]) byType.set(name, objectWriter(shape.untyped, objects));
      }
      return (run, value, parent) => {
        if (!isWritable(value)) return completeNoObject(run, value, shape, parent);
        const write = byType.get(value.__typename);
        if (write === undefined) return completeNoType(run, shape, parent);
        return write(run, value) ?? (shape.isNonNull ? null : 'null');
      };
    }
    default:
      throw new TypeError(`Cannot write a value of kind "${shape.kind}" here`);
  }
}

function listWriter(shape: ListShape, objects: Map<number, WriteObject>): WriteValue {
  const writeItem = valueWriter(shape.item, objects);
  return (run, value, parent) => {
    if (!Array.isArray(value)) return completeNoList(run, value, shape, parent);
    let text = '';
    for (let index = 0; index < value.length; index++) {
      run.indexes[shape.indexAt] = index;
      const item = writeItem(run, value[index], parent);
      if (item === null) return shape.isNonNull ? null : 'null';
      text += index === 0 ? item : `,${item}`;
    }
    return `[${text}]`;
  };
}

function leafWriter(shape: LeafShape): WriteValue {
  const { type } = shape;
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (run, value, parent) => texts.get(value as string) ?? completeLeaf(run, value, shape, parent);
  }
  switch (type.name) {
    case 'String':
    case 'ID':
      return (run, value, parent) =>
        typeof value === 'string' ? JSON.stringify(value) : completeLeaf(run, value, shape, parent);
    case 'Int':
      return (run, value, parent) =>
        typeof value === 'number' && (value | 0) === value ? `${value}` : completeLeaf(run, value, shape, parent);
    case 'Float':
      return (run, value, parent) =>
        typeof value === 'number' && Number.isFinite(value) ? `${value}` : completeLeaf(run, value, shape, parent);
    case 'Boolean':
      return (run, value, parent) =>
        typeof value === 'boolean' ? `${value}` : completeLeaf(run, value, shape, parent);
    default:
      // A custom scalar is passed on as it is: its rules are the subgraph's.
      return (run, value, parent) =>
        value === null || value === undefined || value instanceof Failure
          ? completeLeaf(run, value, shape, parent)
          : JSON.stringify(value);
  }
}
