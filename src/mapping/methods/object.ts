import { isObject, typeName } from '../json-data.ts';
import { type Method, plain, reject } from './method.ts';

export const entries = plain((input, call, _root, frame) => {
  if (!isObject(input)) return reject(call, frame, `needs an object, got ${typeName(input)}`);
  return Object.keys(input).map((key) => ({ key, value: input[key] }));
});

export const keys = plain((input, call, _root, frame) =>
  isObject(input) ? Object.keys(input) : reject(call, frame, `needs an object, got ${typeName(input)}`),
);

export const values = plain((input, call, _root, frame) =>
  isObject(input) ? Object.values(input) : reject(call, frame, `needs an object, got ${typeName(input)}`),
);

/** Whether an object has a key, or an array or a string an index. */
export const has: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const key = call.args[0]?.(input, root, frame);
    if (isObject(input)) return typeof key === 'string' && Object.hasOwn(input, key);
    if (!Array.isArray(input) && typeof input !== 'string') return false;
    return Number.isInteger(key) && input.at(key as number) !== undefined;
  },
};

export const typeOf = plain((input) => typeName(input));
