import type { Frame } from '../evaluator.ts';
import { isDeepEqual, typeName } from '../json-data.ts';
import { type Method, type MethodCall, plain, reject } from './method.ts';

export const not = plain((input, call, _root, frame) =>
  typeof input === 'boolean' ? !input : reject(call, frame, `needs a boolean, got ${typeName(input)}`),
);

export const and = connective(false);
export const or = connective(true);

/** Stops at the first operand that decides. */
function connective(deciding: boolean): Method {
  return {
    minArgs: 1,
    maxArgs: Number.POSITIVE_INFINITY,
    apply(input, call, root, frame) {
      if (typeof input !== 'boolean') return reject(call, frame, `needs a boolean, got ${typeName(input)}`);
      if (input === deciding) return deciding;
      for (const evaluate of call.args) {
        const operand = evaluate(input, root, frame);
        if (typeof operand !== 'boolean') return reject(call, frame, `needs booleans, got ${typeName(operand)}`);
        if (operand === deciding) return deciding;
      }
      return !deciding;
    },
  };
}

export const eq = equality(true);
export const ne = equality(false);

function equality(equal: boolean): Method {
  return {
    minArgs: 1,
    maxArgs: 1,
    apply(input, call, root, frame) {
      const other = call.args[0]?.(input, root, frame);
      return other === undefined ? undefined : isDeepEqual(input, other) === equal;
    },
  };
}

export const gt = comparison((order) => order > 0);
export const gte = comparison((order) => order >= 0);
export const lt = comparison((order) => order < 0);
export const lte = comparison((order) => order <= 0);

function comparison(holds: (order: number) => boolean): Method {
  return {
    minArgs: 1,
    maxArgs: 1,
    apply(input, call, root, frame) {
      const order = compare(input, call.args[0]?.(input, root, frame), call, frame);
      return order === undefined ? undefined : holds(order);
    },
  };
}

function compare(a: unknown, b: unknown, call: MethodCall, frame: Frame): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return reject(call, frame, `compares two numbers or two strings, got ${typeName(a)} and ${typeName(b)}`);
}
