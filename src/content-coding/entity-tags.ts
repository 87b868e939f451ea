/** Ends the tags that were weakened here: those that services have made weak themselves are told apart from them. */
const MARK = ';weir';

/** What comes of a strong tag here (RFC 9110 §8.8.3). */
const WEAKENED_TAG = new RegExp(`W/("[\\x21\\x23-\\x7e\\x80-\\xff]*)${MARK}"`, 'g');

/** RFC 9110 §8.8.1: with another coding the bytes are others, and the meaning is the same. A weak tag stays as it is. */
export function weakenTag(tag: string): string {
  return tag.length > 1 && tag.startsWith('"') && tag.endsWith('"') ? `W/${tag.slice(0, -1)}${MARK}"` : tag;
}

/**
 * Puts in the place of each tag in `If-None-Match` or `If-Match` that was weakened here the strong one that it was made of, which is all that
 * the service knows: both stand for one decoded content. A tag that the service itself made weak never becomes strong, since it may stand
 * for several contents (RFC 9110 §8.8.1), and an update of one would be let through as one of another.
 */
export function restoreTags(list: string): string {
  return list.includes(MARK) ? list.replace(WEAKENED_TAG, '$1"') : list;
}

/**
 * The tag of a 304 as the client has it: weakened, where it named only that. Another one would not be that of what it has stored
 * (RFC 9111 §4.3.4).
 * @param list `If-None-Match` of the client.
 */
export function asNamed(tag: string, list: string): string {
  const weak = weakenTag(tag);
  return weak !== tag && list.includes(weak) && !list.includes(tag) ? weak : tag;
}
