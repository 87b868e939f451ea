import { ExactNumber } from './exact-number.ts';

/** What `JSON.parse` or `parseExactly` gives. `undefined` stands for a value that is missing. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** The value of an own property; what a prototype has is not data. */
export function getOwn(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Adds a property; `__proto__` becomes one like any other. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

export function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Levels compared before two values count as different. */
const MAX_EQUAL_DEPTH = 500;

/** Equality by value; the order of keys does not matter. */
export function isDeepEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > MAX_EQUAL_DEPTH)
    return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isDeepEqual(item, b[index], depth + 1));
  }
  if (a instanceof ExactNumber || b instanceof ExactNumber) {
    return a instanceof ExactNumber && b instanceof ExactNumber && a.text === b.text;
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && isDeepEqual((a as JsonObject)[key], (b as JsonObject)[key], depth + 1),
  );
}

/** The text of a scalar as it stands in URLs, headers and joins; `undefined` for arrays and objects. */
export function scalarText(value: unknown): string | undefined {
  if (value === null || value === undefined) return '';
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? undefined : String(value);
}

/** Levels that are merged; below them the newer value replaces the older. */
const MAX_MERGE_DEPTH = 100;

/** Puts the properties of `from` into `into`; where both have objects or lists of one length, those are merged into a new one. */
export function mergeOwn(into: Record<string, unknown>, from: JsonObject, depth = 0): void {
  for (const key of Object.keys(from)) setOwn(into, key, mergeValues(getOwn(into, key), from[key], depth));
}

export function mergeValues(old: unknown, value: unknown, depth = 0): unknown {
  if (old === undefined || depth > MAX_MERGE_DEPTH) return value;
  if (Array.isArray(old) && Array.isArray(value) && old.length === value.length) {
    return value.map((item, index) => mergeValues(old[index], item, depth + 1));
  }
  if (!isObject(old) || !isObject(value)) return value;
  const merged: Record<string, unknown> = {};
  mergeOwn(merged, old, depth + 1);
  mergeOwn(merged, value, depth + 1);
  return merged;
}
