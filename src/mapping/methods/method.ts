import type { Evaluator, Frame } from '../evaluator.ts';

/** One `->name(…)` of a mapping. */
export interface MethodCall {
  readonly name: string;
  readonly offset: number;
  /** Not run yet: a method may run an argument never, once, or once per element. */
  readonly args: readonly Evaluator[];
  /** For methods that take pairs: `[candidate, value]`, or `[value]` as the default, without a candidate. */
  readonly pairs: readonly MatchPair[];
}

export interface MatchPair {
  readonly candidate: Evaluator | undefined;
  readonly value: Evaluator;
}

export interface Method {
  readonly minArgs: number;
  readonly maxArgs: number;
  /** Whether every argument is a `[candidate, value]` pair. */
  readonly takesPairs?: boolean;
  /** @param input never `undefined` */
  apply(input: unknown, call: MethodCall, root: unknown, frame: Frame): unknown;
}

/** Reports what is wrong with the data that a method got; the method gives no value. */
export function reject(call: MethodCall, frame: Frame, message: string): undefined {
  frame.warn?.({ message: `->${call.name} ${message}`, offset: call.offset });
  return undefined;
}

/** A method without arguments. */
export function plain(apply: Method['apply']): Method {
  return { minArgs: 0, maxArgs: 0, apply };
}
