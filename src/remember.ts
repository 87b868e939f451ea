/** What clients and services send over and over is little; the odd things of an attacker must not fill the memory. */
const MOST_REMEMBERED = 1_000;

/**
 * The same function, which computes its answer to a text once.
 * @param judge Must not return `undefined`. Where it throws, nothing is remembered.
 */
export function remember<V extends NonNullable<unknown> | null>(judge: (text: string) => V): (text: string) => V {
  const known = new Map<string, V>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    // A part of a text would keep all of it in memory.
    const copy = Buffer.from(text).toString();
    const own = copy === text ? copy : text;
    const answer = judge(own);
    if (known.size < MOST_REMEMBERED) known.set(own, answer);
    return answer;
  };
}
