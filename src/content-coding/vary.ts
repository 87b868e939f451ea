/**
 * The value of a `Vary` field that also names `name` (RFC 9110 §12.5.5).
 * @param value As it is; `undefined`: there is none.
 * @returns `undefined`: it says so already.
 */
export function widenVary(value: string | undefined, name: string): string | undefined {
  if (value === undefined || value.trim() === '') return name;
  const names = value.split(',').map((each) => each.trim().toLowerCase());
  return names.includes('*') || names.includes(name.toLowerCase()) ? undefined : `${value}, ${name}`;
}
