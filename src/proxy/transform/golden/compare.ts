import { isDeepEqual, isObject } from '../../../mapping/json-data.ts';

/** Where two values differ. `undefined`: there is no value. */
export interface Difference {
  readonly path: readonly (string | number)[];
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The differences of two JSON values, as deep as they go. The order of keys does not matter. */
export function compareJson(
  expected: unknown,
  actual: unknown,
  path: readonly (string | number)[] = [],
): readonly Difference[] {
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) => compareJson(own(expected, key), own(actual, key), [...path, key]));
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => compareJson(expected[index], actual[index], [...path, index])).flat();
  }
  return isDeepEqual(expected, actual) ? [] : [{ path, expected, actual }];
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
