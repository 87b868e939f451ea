import { getOwn, isObject, setOwn } from '../../mapping/json-data.ts';
import type { VariableReference } from '../../mapping/references.ts';

/** A field set (federation `FieldSet`) as a tree; a field without selections has none. */
export type KeyTree = ReadonlyMap<string, KeyTree>;

/** The fields of a variable that references read. */
export function keyTreeOf(references: readonly VariableReference[], variable: string): KeyTree {
  const root: MutableTree = new Map();
  for (const { name, path } of references) {
    if (name !== variable) continue;
    let tree = root;
    for (const key of path) {
      const child: MutableTree = tree.get(key) ?? new Map();
      tree.set(key, child);
      tree = child;
    }
  }
  return root;
}

type MutableTree = Map<string, MutableTree>;

/** Such as `id org { id }`. */
export function printKey(tree: KeyTree): string {
  return [...tree].map(([name, inner]) => (inner.size === 0 ? name : `${name} { ${printKey(inner)} }`)).join(' ');
}

/** Whether two field sets are the same, in whatever order. */
export function isSameKey(a: KeyTree, b: KeyTree): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, inner]) => {
    const other = b.get(name);
    return other !== undefined && isSameKey(inner, other);
  });
}

/** The part of an object that is its key; `undefined` where a value of it is missing or null. */
export function readKey(tree: KeyTree, object: unknown): Record<string, unknown> | undefined {
  if (!isObject(object)) return undefined;
  const key: Record<string, unknown> = {};
  for (const [name, inner] of tree) {
    const value = getOwn(object, name);
    if (value === undefined || value === null) return undefined;
    const part = inner.size === 0 ? value : readKey(inner, value);
    if (part === undefined) return undefined;
    setOwn(key, name, part);
  }
  return key;
}

/** Equal for equal keys, also where one side has an id as a number and the other as a string. */
export function keyText(tree: KeyTree, object: unknown): string | undefined {
  const key = readKey(tree, object);
  return key && JSON.stringify(key, (_, value: unknown) => (typeof value === 'number' ? String(value) : value));
}
