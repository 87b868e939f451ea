/** Properties of data objects, whatever they are called: `__proto__` and `constructor` are names like any other. */
export type JsonObject = Record<string, unknown>;

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Whether reading the name from an object that lacks it would find something inherited. */
export function isInheritedName(name: string): boolean {
  return INHERITED.has(name);
}

export function getOwn(object: JsonObject, name: string): unknown {
  const value = object[name];
  // JSON has no functions: all that is inherited is one, but for `__proto__`.
  if (typeof value !== 'function' && name !== '__proto__') return value;
  return Object.hasOwn(object, name) ? value : undefined;
}

export function setOwn(object: JsonObject, name: string, value: unknown): void {
  if (name !== '__proto__') {
    object[name] = value;
    return;
  }
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Whether the value is a JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
