import { getOwn, isJsonObject, type JsonObject, setOwn } from '../own.ts';
import { Failure } from './failure.ts';

/**
 * Merges what one subgraph says of an object into what is known of it: known values stay where the other says null, lists are merged item by
 * item, and a concrete `__typename` is not replaced by what an interface object calls itself.
 * Nested objects of `source` become part of `target`.
 */
export function mergeObject(target: JsonObject, source: JsonObject, objectTypes: ReadonlySet<string>): void {
  for (const key in source) {
    const value = source[key];
    const known = getOwn(target, key);
    if (known === undefined) setOwn(target, key, value);
    else if (value !== null && value !== undefined && !(value instanceof Failure)) {
      if (known === null || known instanceof Failure) setOwn(target, key, value);
      else mergeKnown(target, key, known, value, objectTypes);
    } else if (known === null && value instanceof Failure) setOwn(target, key, value);
  }
}

function mergeKnown(
  target: JsonObject,
  key: string,
  known: unknown,
  value: unknown,
  objectTypes: ReadonlySet<string>,
): void {
  if (typeof known === 'object' && typeof value === 'object') {
    mergeValue(known, value, objectTypes);
    return;
  }
  if (key === '__typename' && typeof known === 'string' && objectTypes.has(known)) return;
  setOwn(target, key, value);
}

function mergeValue(known: unknown, value: unknown, objectTypes: ReadonlySet<string>): void {
  if (known === value) return;
  if (Array.isArray(known) && Array.isArray(value)) {
    const length = Math.min(known.length, value.length);
    for (let index = 0; index < length; index++) {
      const item: unknown = value[index];
      if (item === null || typeof item !== 'object') continue;
      const knownItem: unknown = known[index];
      if (knownItem === null || knownItem instanceof Failure) known[index] = item;
      else mergeValue(knownItem, item, objectTypes);
    }
    return;
  }
  if (isJsonObject(known) && isJsonObject(value)) mergeObject(known, value, objectTypes);
}

/** A copy that shares nothing with the original. */
export function copyJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Failure) return value;
  if (Array.isArray(value)) return value.map(copyJson);
  return copyJsonObject(value as JsonObject);
}

export function copyJsonObject(object: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const key in object) setOwn(copy, key, copyJson(object[key]));
  return copy;
}
