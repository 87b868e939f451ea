/**
 * The first value of a field.
 * @param pairs Name, value, name, value.
 * @param name In lower case.
 */
export function findField(pairs: readonly string[], name: string): string | undefined {
  for (let i = 0; i < pairs.length; i += 2) {
    const each = pairs[i] as string;
    if (each.length === name.length && each.toLowerCase() === name) return pairs[i + 1];
  }
  return undefined;
}
