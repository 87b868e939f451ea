import type { Frame } from '../evaluator.ts';
import { getOwn, isDeepEqual, isObject, scalarText, typeName } from '../json-data.ts';
import { type Method, type MethodCall, plain, reject } from './method.ts';

export const first = plain((input, call, _root, frame) => {
  if (Array.isArray(input)) return input[0];
  if (typeof input === 'string') return Array.from(input.slice(0, 2))[0];
  return reject(call, frame, `needs an array or a string, got ${typeName(input)}`);
});

export const last = plain((input, call, _root, frame) => {
  if (Array.isArray(input)) return input.at(-1);
  if (typeof input === 'string') return Array.from(input.slice(-2)).at(-1);
  return reject(call, frame, `needs an array or a string, got ${typeName(input)}`);
});

/** From the first index to before the second; both are cut to the bounds, neither counts from the end. */
export const slice: Method = {
  minArgs: 0,
  maxArgs: 2,
  apply(input, call, root, frame) {
    if (!Array.isArray(input) && typeof input !== 'string') {
      return reject(call, frame, `needs an array or a string, got ${typeName(input)}`);
    }
    const bound = (position: number, absent: number): number => {
      const index = call.args[position]?.(input, root, frame);
      return Number.isInteger(index) ? Math.max(index as number, 0) : absent;
    };
    return input.slice(bound(0, 0), bound(1, input.length));
  },
};

export const size = plain((input, call, _root, frame) => {
  if (Array.isArray(input) || typeof input === 'string') return input.length;
  if (isObject(input)) return Object.keys(input).length;
  return reject(call, frame, `needs an array, a string or an object, got ${typeName(input)}`);
});

/** The element at an index, from the end where it is negative; or the value of an object's key. */
export const get: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const key = call.args[0]?.(input, root, frame);
    if (isObject(input)) {
      if (typeof key !== 'string')
        return reject(call, frame, `needs a string to get from an object, got ${typeName(key)}`);
      return getOwn(input, key) ?? (Object.hasOwn(input, key) ? null : reject(call, frame, `found no key "${key}"`));
    }
    if (!Array.isArray(input) && typeof input !== 'string') {
      return reject(call, frame, `needs an array, a string or an object, got ${typeName(input)}`);
    }
    if (!Number.isInteger(key)) return reject(call, frame, `needs a whole number, got ${typeName(key)}`);
    return input.at(key as number) ?? reject(call, frame, `found no index ${key}`);
  },
};

/** Joins the texts of scalars, leaving out nulls. */
export const joinNotNull: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const separator = call.args[0]?.(input, root, frame);
    if (typeof separator !== 'string') return reject(call, frame, `needs a string, got ${typeName(separator)}`);
    const texts: string[] = [];
    for (const value of Array.isArray(input) ? input : [input]) {
      const text = scalarText(value);
      if (text === undefined) return reject(call, frame, 'needs scalars');
      if (value !== null) texts.push(text);
    }
    return texts.join(separator);
  },
};

/** Whether the input, an array, has the argument. */
export const contains: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const value = call.args[0]?.(input, root, frame);
    return value === undefined ? undefined : includes(input, value, call, frame);
  },
};

/** Whether the argument, an array, has the input. */
export const isIn: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const array = call.args[0]?.(input, root, frame);
    return array === undefined ? undefined : includes(array, input, call, frame);
  },
};

function includes(array: unknown, value: unknown, call: MethodCall, frame: Frame): boolean | undefined {
  if (!Array.isArray(array)) return reject(call, frame, `needs an array, got ${typeName(array)}`);
  return array.some((element) => isDeepEqual(element, value));
}
