import type { FieldLines } from '../field-lines.ts';
import { type Directives, readDirectives, splitList } from './directives.ts';
import { joinField } from './join-field.ts';

/** What an answer says of caching, and whether it says it to this cache alone. */
export interface SaidOfCaching {
  readonly directives: Directives;
  /** Then `Expires` does not count either. */
  readonly isTargeted: boolean;
}

/**
 * RFC 9213 §2.2: the first targeted field that is there counts instead of `Cache-Control`; one that is no dictionary, or empty, is not there.
 * @param targets Names in lower case.
 */
export function readSaid(headers: Readonly<FieldLines>, targets: readonly string[]): SaidOfCaching {
  for (const name of targets) {
    const value = joinField(headers, name);
    if (value === undefined || !isDictionary(value)) continue;
    return { directives: readDirectives(value), isTargeted: true };
  }
  return { directives: readDirectives(joinField(headers, 'cache-control')), isTargeted: false };
}

const KEY = '[a-z*][a-z0-9_.*-]*';
const ITEM = `(?:-?\\d{1,15}(?:\\.\\d{1,3})?|"(?:[ !#-[\\]-~]|\\\\["\\\\])*"|[A-Za-z*][\\w!#$%&'*+.^\`|~:/-]*|\\?[01])`;
/** `max-age` and such are integers, all else is what it is. */
const MEMBER = new RegExp(
  `^(?:(?:max-age|s-maxage|stale-while-revalidate|stale-if-error)=\\d{1,15}|(?!(?:max-age|s-maxage)(?:=|;|$))${KEY}(?:=${ITEM})?)(?:; *${KEY}(?:=${ITEM})?)*$`,
);

/** RFC 9651 §3.2, without inner lists and byte sequences, which no directive has. */
function isDictionary(value: string): boolean {
  return splitList(value).every((member) => MEMBER.test(member.trim()));
}
