import { typeName } from '../json-data.ts';
import { type Method, reject } from './method.ts';

export const add = arithmetic((a, b) => a + b);
export const sub = arithmetic((a, b) => a - b);
export const mul = arithmetic((a, b) => a * b);
export const div = arithmetic((a, b) => a / b);
export const mod = arithmetic((a, b) => a % b);

/** Applied to the input and each argument in turn. */
function arithmetic(operate: (a: number, b: number) => number): Method {
  return {
    minArgs: 1,
    maxArgs: Number.POSITIVE_INFINITY,
    apply(input, call, root, frame) {
      let result = input;
      for (const evaluate of call.args) {
        const operand = evaluate(input, root, frame);
        if (typeof result !== 'number' || typeof operand !== 'number') {
          return reject(call, frame, `needs numbers, got ${typeName(result)} and ${typeName(operand)}`);
        }
        result = operate(result, operand);
      }
      // JSON has neither infinities nor NaN.
      return Number.isFinite(result) ? result : reject(call, frame, 'has no finite result');
    },
  };
}
