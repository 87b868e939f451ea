/**
 * Field lines by name in lower case; repeated ones as a list.
 * @param pairs Name, value, name, value.
 */
export function headerRecord(pairs: readonly string[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (let i = 0; i < pairs.length; i += 2) {
    const name = (pairs[i] as string).toLowerCase();
    const value = pairs[i + 1] as string;
    // The one name that would be structure; no service sends it in earnest.
    if (name === '__proto__') continue;
    const before = Object.hasOwn(record, name) ? record[name] : undefined;
    if (before === undefined) record[name] = value;
    else if (typeof before === 'string') record[name] = [before, value];
    else before.push(value);
  }
  return record;
}
