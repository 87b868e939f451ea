/** Keeps what `make` gave for two objects for as long as both live. */
export function createMemo<A extends object, B extends object, Value>(
  make: (a: A, b: B) => Value,
): (a: A, b: B) => Value {
  const known = new WeakMap<A, WeakMap<B, Value>>();
  return (a, b) => {
    let byB = known.get(a);
    if (byB === undefined) {
      byB = new WeakMap();
      known.set(a, byB);
    }
    let value = byB.get(b);
    if (value === undefined) {
      value = make(a, b);
      byB.set(b, value);
    }
    return value;
  };
}
