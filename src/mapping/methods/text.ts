import { scalarText, typeName } from '../json-data.ts';
import { type Method, plain, reject } from './method.ts';

export const toText = plain(
  (input, call, _root, frame) => scalarText(input) ?? reject(call, frame, `needs a scalar, got ${typeName(input)}`),
);

/** Digits of a base from 2 to 36, 10 by default, with nothing around them; fractions of numbers are cut off. */
export const parseInteger: Method = {
  minArgs: 0,
  maxArgs: 1,
  apply(input, call, root, frame) {
    if (typeof input !== 'string' && typeof input !== 'number') {
      return reject(call, frame, `needs a string or a number, got ${typeName(input)}`);
    }
    const base = call.args.length === 0 ? 10 : call.args[0]?.(input, root, frame);
    if (!Number.isInteger(base) || (base as number) < 2 || (base as number) > 36) {
      return reject(call, frame, 'needs a base from 2 to 36');
    }
    const text = typeof input === 'number' ? String(Math.trunc(input)) : input;
    const lastDigit = ((base as number) - 1).toString(36);
    const digits = lastDigit <= '9' ? `[0-${lastDigit}]+` : `[0-9a-${lastDigit}]+`;
    if (!new RegExp(`^[+-]?${digits}$`, 'i').test(text)) return reject(call, frame, `found no integer of base ${base}`);
    return Number.parseInt(text, base as number);
  },
};

export const split: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const separator = call.args[0]?.(input, root, frame);
    if (typeof input !== 'string' || typeof separator !== 'string') {
      return reject(call, frame, `needs a string and a separator, got ${typeName(input)} and ${typeName(separator)}`);
    }
    return input.split(separator);
  },
};

export const trim = textMethod((text) => text.trim());
export const trimStart = textMethod((text) => text.trimStart());
export const trimEnd = textMethod((text) => text.trimEnd());

function textMethod(change: (text: string) => string): Method {
  return plain((input, call, _root, frame) =>
    typeof input === 'string' ? change(input) : reject(call, frame, `needs a string, got ${typeName(input)}`),
  );
}

export const jsonStringify = plain((input, call, _root, frame) => {
  try {
    return JSON.stringify(input);
  } catch {
    // Only nesting beyond the stack can fail: the data came from JSON.
    return reject(call, frame, 'got data that is nested too deep');
  }
});

export const jsonParse = plain((input, call, _root, frame) => {
  if (typeof input !== 'string') return reject(call, frame, `needs a string, got ${typeName(input)}`);
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return reject(call, frame, 'got text that is not JSON');
  }
});
