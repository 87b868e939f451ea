/**
 * Compiles a path of names with `.` between them. Reads own properties only, so that `constructor` and `__proto__` are names
 * like others. A property that is itself named with dots (a claim `https://shop.example/roles`) is found first.
 */
export function compileOwnPath(path: string): (value: Readonly<Record<string, unknown>>) => unknown {
  const steps = path.split('.');
  return (start) => {
    if (Object.hasOwn(start, path)) return start[path];
    let value: unknown = start;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return value;
  };
}
