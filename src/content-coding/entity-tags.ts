/** RFC 9110 §8.8.3. */
const WEAK_TAG = /W\/("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Longer lists are left as they are: they may be as long as upstreams admit already. */
const MAX_LIST_CHARS = 2_048;

/** RFC 9110 §8.8.1: with another coding the bytes are others, and the meaning is the same. */
export function weakenTag(tag: string): string {
  return tag.startsWith('"') ? `W/${tag}` : tag;
}

/**
 * Names beside each weak tag of `If-None-Match` or `If-Match` the strong one that it may have been made of: who made that knows no other.
 * The list never matches more states than the client has seen, since both tags stand for one decoded content.
 */
export function addStrongTags(list: string): string {
  if (list.length > MAX_LIST_CHARS || !list.includes('W/"')) return list;
  const strong = new Set(Array.from(list.matchAll(WEAK_TAG), ([, tag = '']) => tag));
  const there = list.replace(WEAK_TAG, '');
  const added = [...strong].filter((tag) => !there.includes(tag));
  return added.length === 0 ? list : `${list}, ${added.join(', ')}`;
}

/**
 * The tag of a 304 as the client has it: weak, where it named only that. Another one would not be that of what it has stored
 * (RFC 9111 §4.3.4).
 * @param list `If-None-Match` of the client.
 */
export function asNamed(tag: string, list: string): string {
  const weak = weakenTag(tag);
  return weak !== tag && list.includes(weak) && !list.replaceAll(weak, '').includes(tag) ? weak : tag;
}
