/** What clients and services send over and over is little, and short; the odd things of an attacker must not fill the memory. */
const MOST_REMEMBERED = 1_000;
const LONGEST_REMEMBERED = 256;

/**
 * The same function, which computes its answer to a text once, where it is one of the first thousand and of 256 characters at most.
 * @param judge Must not return `undefined`. Where it throws, nothing is remembered.
 */
export function remember<V extends NonNullable<unknown> | null>(judge: (text: string) => V): (text: string) => V {
  const known = new Map<string, V>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED || text.length > LONGEST_REMEMBERED) return judge(text);
    // A part of a text, and so an answer that is a part of it, would keep all of it in memory.
    const copy = Buffer.from(text).toString();
    // Half a surrogate pair does not survive the copy.
    const key = copy === text ? copy : text;
    const answer = judge(key);
    known.set(key, answer);
    return answer;
  };
}
