/** Whether a status is one of a set. */
export type IsOfSet = (status: number) => boolean;

/** @param set Statuses and classes of them, such as 404 and `2xx`; `undefined`: all. */
export function compileStatusSet(set: readonly (number | string)[] | undefined): IsOfSet {
  if (set === undefined) return () => true;
  const statuses = new Set<number>();
  const classes = new Set<number>();
  for (const one of set) {
    const text = String(one);
    if (text.endsWith('xx')) classes.add(Number(text[0]));
    else statuses.add(Number(text));
  }
  return (status) => statuses.has(status) || classes.has(Math.floor(status / 100));
}
