import type { Evaluator, Frame } from '../evaluator.ts';
import { isDeepEqual, typeName } from '../json-data.ts';
import { type Method, type MethodCall, reject } from './method.ts';

/** The argument, with the input as `@`. */
export const echo: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply: (input, call, root, frame) => argument(call)(input, root, frame),
};

/** The argument for each element as `@`; a single value counts as an array of one. */
export const map: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const evaluate = argument(call);
    if (!Array.isArray(input)) {
      const value = evaluate(input, root, frame);
      return value === undefined ? undefined : [value];
    }
    // Elements keep their places, so a missing one is null.
    return input.map((element) => evaluate(element, root, frame) ?? null);
  },
};

export const filter: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    const kept: unknown[] = [];
    for (const element of Array.isArray(input) ? input : [input]) {
      const holds = test(element, call, root, frame);
      if (holds === undefined) return undefined;
      if (holds) kept.push(element);
    }
    return kept;
  },
};

export const find: Method = {
  minArgs: 1,
  maxArgs: 1,
  apply(input, call, root, frame) {
    for (const element of Array.isArray(input) ? input : [input]) {
      const holds = test(element, call, root, frame);
      if (holds === undefined) return undefined;
      if (holds) return element;
    }
    return undefined;
  },
};

/** The value of the first pair whose candidate equals the input. */
export const match: Method = {
  minArgs: 1,
  maxArgs: Number.POSITIVE_INFINITY,
  takesPairs: true,
  apply: (input, call, root, frame) =>
    firstPair(input, call, root, frame, (candidate) => isDeepEqual(candidate, input)),
};

/** The value of the first pair whose candidate is true. */
export const matchIf: Method = {
  minArgs: 1,
  maxArgs: Number.POSITIVE_INFINITY,
  takesPairs: true,
  apply: (input, call, root, frame) => firstPair(input, call, root, frame, (candidate) => candidate === true),
};

function firstPair(
  input: unknown,
  call: MethodCall,
  root: unknown,
  frame: Frame,
  accepts: (candidate: unknown) => boolean,
): unknown {
  for (const { candidate, value } of call.pairs) {
    if (candidate === undefined || accepts(candidate(input, root, frame))) return value(input, root, frame);
  }
  return reject(call, frame, 'found no pair for the input; a last [default] would catch it');
}

function test(element: unknown, call: MethodCall, root: unknown, frame: Frame): boolean | undefined {
  const holds = argument(call)(element, root, frame);
  return typeof holds === 'boolean' ? holds : reject(call, frame, `needs a condition, got ${typeName(holds)}`);
}

function argument(call: MethodCall): Evaluator {
  return call.args[0] as Evaluator;
}
