/** A copy of JSON data that shares nothing with the original. */
export function copyData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyData);
  const copy: Record<string, unknown> = {};
  const object = value as Record<string, unknown>;
  for (const key in object) {
    if (key === '__proto__') {
      const own = { value: copyData(object[key]), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(copy, key, own);
    } else copy[key] = copyData(object[key]);
  }
  return copy;
}
